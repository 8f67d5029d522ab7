"""The three engines that people's browsers have, each driven by its own means, behind the few verbs of one hand.

Chromium by Playwright; Firefox, always in private browsing, by WebDriver BiDi, which it speaks itself; WebKitGTK, the
engine of every iPhone and iPad, by its WebDriver, which keeps nothing after the session, as a private window.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from playwright.sync_api import Browser, Page

PATIENCE_S = 40
MINI_BROWSERS = sorted(Path("/usr/lib").glob("*/webkit2gtk-*/MiniBrowser"))

#: The first of the elements that shows; radios and fields for files lie hidden below their labels, and count.
_SHOWN = """
(selector) => [...document.querySelectorAll(selector)].find((one) =>
  one.checkVisibility ? one.checkVisibility() : one.getClientRects().length > 0)
"""


class Engine(Protocol):
    """What a driver must be able to do; everything else is script."""

    name: str

    def goto(self, address: str) -> None: ...
    def evaluate(self, function: str, *arguments: Any) -> Any: ...
    def click(self, selector: str) -> None: ...
    def type(self, selector: str, words: str) -> None: ...
    def choose(self, selector: str, photo: Path) -> None: ...


class Hand:
    """Somebody with one of the browsers."""

    def __init__(self, engine: Engine, town: str) -> None:
        self.engine, self.town = engine, town

    def goes_to(self, path: str) -> None:
        self.engine.goto(self.town + path if path.startswith("/") else path)

    def presses(self, selector: str) -> None:
        self.sees(selector)
        self.engine.click(selector)

    def writes(self, selector: str, words: str) -> None:
        self.sees(selector)
        self.engine.evaluate(f"(selector) => {{ ({_SHOWN})(selector).value = ''; }}", selector)
        self.engine.type(selector, words)

    def chooses(self, selector: str, photo: Path) -> None:
        self.until("(selector) => document.querySelector(selector) !== null", selector)
        self.engine.choose(selector, photo)

    def sees(self, selector: str, words: str = "") -> None:
        """Wait until it shows, with these words in it."""
        shows = f"(selector, words) => ({_SHOWN})(selector)?.textContent.includes(words) ?? false"
        self.until(shows, selector, words)

    def reads(self, selector: str, attribute: str = "textContent") -> str:
        self.sees(selector)
        return str(self.engine.evaluate(f"(selector, name) => ({_SHOWN})(selector)[name]", selector, attribute)).strip()

    def has(self, selector: str) -> bool:
        return bool(self.engine.evaluate(f"(selector) => ({_SHOWN})(selector) !== undefined", selector))

    def until(self, predicate: str, *arguments: Any) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._holds(predicate, *arguments):
            place = self.engine.evaluate("() => location.href + '\\n' + document.body?.innerText.slice(0, 1500)")
            assert time.monotonic() < deadline, (self.engine.name, arguments, place)
            time.sleep(0.05)

    def _holds(self, predicate: str, *arguments: Any) -> bool:
        try:
            return bool(self.engine.evaluate(predicate, *arguments))
        except Exception:  # the page is just being changed for the next
            return False


# -- Chromium ----------------------------------------------------------------------------------------------------------


class Chromium:
    name = "chromium"

    def __init__(self, page: Page) -> None:
        self.page = page

    def goto(self, address: str) -> None:
        self.page.goto(address)

    def evaluate(self, function: str, *arguments: Any) -> Any:
        return self.page.evaluate(f"(given) => ({function})(...given)", list(arguments))

    def click(self, selector: str) -> None:
        self.page.locator(f"{selector}").locator("visible=true").first.click()

    def type(self, selector: str, words: str) -> None:
        self.page.locator(selector).locator("visible=true").first.press_sequentially(words)

    def choose(self, selector: str, photo: Path) -> None:
        self.page.locator(selector).first.set_input_files(photo)


@contextmanager
def chromium(browser: Browser, town: str) -> Iterator[Hand]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="el-GR")
    yield Hand(Chromium(context.new_page()), town)
    context.close()


# -- Firefox -----------------------------------------------------------------------------------------------------------

_FIREFOX_SETTINGS = {
    "browser.privatebrowsing.autostart": True,
    "intl.accept_languages": "el-GR",
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """By WebDriver BiDi, https://w3c.github.io/webdriver-bidi/."""

    name = "firefox"

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._ask("session.new", capabilities={})
        self._tab = self._ask("browsingContext.create", type="tab")["context"]
        viewport = {"width": 360, "height": 740}
        self._ask("browsingContext.setViewport", context=self._tab, viewport=viewport)

    def _ask(self, method: str, **parameters: Any) -> Any:
        answer = self._connection.send_cmd(method, parameters)
        if answer["type"] != "success":
            raise RuntimeError(f"{method}: {answer.get('message')}")
        return answer["result"]

    def goto(self, address: str) -> None:
        self._ask("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def evaluate(self, function: str, *arguments: Any) -> Any:
        """The value as JSON: BiDi's own shape of values is nobody's here."""
        given = json.dumps(arguments)
        told = self._script(
            f"Promise.resolve(({function})(...{given})).then((value) => JSON.stringify(value) ?? 'null')"
        )
        return json.loads(told["value"])

    def _script(self, expression: str) -> Any:
        target = {"context": self._tab}
        answer = self._ask("script.evaluate", expression=expression, target=target, awaitPromise=True)
        if answer["type"] != "success":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]

    def _element(self, finds: str, selector: str) -> dict[str, Any]:
        return {"sharedId": self._script(f"({finds})({json.dumps(selector)})")["sharedId"]}

    def click(self, selector: str) -> None:
        element = self._element(_SHOWN, selector)
        self.evaluate(f"(selector) => ({_SHOWN})(selector).scrollIntoView({{ block: 'center' }})", selector)
        origin = {"type": "element", "element": element}
        moves = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        pointer = {"type": "pointer", "id": "mouse", "actions": moves}
        self._ask("input.performActions", context=self._tab, actions=[pointer])

    def type(self, selector: str, words: str) -> None:
        self.evaluate(f"(selector) => ({_SHOWN})(selector).focus()", selector)
        strokes = [{"type": kind, "value": letter} for letter in words for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": strokes}
        self._ask("input.performActions", context=self._tab, actions=[keys])

    def choose(self, selector: str, photo: Path) -> None:
        element = self._element("(selector) => document.querySelector(selector)", selector)
        self._ask("input.setFiles", context=self._tab, element=element, files=[str(photo)])


@contextmanager
def firefox(town: str) -> Iterator[Hand]:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        pytest.skip("Firefox is missing: script/setup --dev installs it where it may.")
    from selenium.webdriver.remote.websocket_connection import WebSocketConnection

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        settings = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _FIREFOX_SETTINGS.items()]
        (Path(profile) / "user.js").write_text("\n".join(settings))
        command = [program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        with _running(command, stderr=subprocess.PIPE, text=True) as process:
            found = (re.search(r"BiDi listening on (ws://\S+)", line) for line in process.stderr or ())
            address = next(filter(None, found))[1]
            connection = cast(Any, WebSocketConnection)(f"{address}/session", PATIENCE_S, 0.02)
            try:
                yield Hand(Firefox(connection), town)
            finally:
                connection.close()


# -- WebKit ------------------------------------------------------------------------------------------------------------


class WebKit:
    name = "webkit"

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def goto(self, address: str) -> None:
        self.driver.get(address)

    def evaluate(self, function: str, *arguments: Any) -> Any:
        return self.driver.execute_script(f"return ({function})(...arguments)", *arguments)

    def click(self, selector: str) -> None:
        element = self.evaluate(_SHOWN, selector)
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()

    def type(self, selector: str, words: str) -> None:
        self.evaluate(_SHOWN, selector).send_keys(words)

    def choose(self, selector: str, photo: Path) -> None:
        self.evaluate("(selector) => document.querySelector(selector)", selector).send_keys(str(photo))


@contextmanager
def webkit(town: str) -> Iterator[Hand]:
    program, driver_program = next(iter(MINI_BROWSERS), None), shutil.which("WebKitWebDriver")
    if program is None or driver_program is None or not shutil.which("Xvfb"):
        pytest.skip("WebKitGTK is missing: script/setup --dev installs it where it may.")
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    options = Options()
    options.binary_location = str(program)
    options.add_argument("--automation")
    with ExitStack() as stack:
        display = stack.enter_context(_screen())
        env = os.environ | {"DISPLAY": display, "LANG": "el_GR.UTF-8", "LANGUAGE": "el"}
        service = Service(driver_program, env=env)
        driver = webdriver.WebKitGTK(options=options, service=service)
        stack.callback(driver.quit)
        driver.set_window_size(400, 900)
        yield Hand(WebKit(driver), town)


@contextmanager
def _screen() -> Iterator[str]:
    """A screen in memory; its number is the first that is free."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1024x1400x24", "-nolisten", "tcp"]
    with _running(command, pass_fds=(writing,), stderr=subprocess.DEVNULL):
        os.close(writing)
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"


@contextmanager
def _running(command: list[str], **more: Any) -> Iterator[subprocess.Popen[Any]]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, **more) as process:
        try:
            yield process
        finally:
            process.terminate()


ENGINES: dict[str, Callable[[Browser, str], Any]] = {
    "chromium": chromium,
    "firefox": lambda _browser, town: firefox(town),
    "webkit": lambda _browser, town: webkit(town),
}
