from app.devices import *  # noqa: F403 - moved
