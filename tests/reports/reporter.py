"""Eleni, who reported something and comes back to it: a program with her key, and her photos."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reports.models import Report
from tests.dispatch.test_road_api import Program, dispatched
from tests.media import camera
from tests.reports.test_submit_api import report


class Eleni:
    """The reporter of one report, with the key of its tracking link."""

    def __init__(self, client: FlaskClient, reference: str, key: str) -> None:
        self.client, self.reference, self.key = client, reference, key

    def does(
        self, deed: str, body: dict[str, Any] | None = None, *, method: str = "POST", action: str | None = None
    ) -> Any:
        path = f"/api/v1/reports/{self.reference}/{deed}"
        headers = {"X-Report-Key": self.key} | ({"Idempotency-Key": action} if action else {})
        return self.client.open(path, method=method, json=body, headers=headers)

    def confirms(self) -> Any:
        return self.does("confirmation")

    def objects(self, words: str = "Κουνιέται ακόμη", *photos: str) -> Any:
        return self.does("objections", {"words": words, "uploads": photos})

    def answers(self, words: str, *photos: str) -> Any:
        return self.does("answers", {"words": words, "uploads": photos})

    def amends(self, **body: Any) -> Any:
        return self.does("words", body, method="PATCH")

    def sees(self) -> Any:
        return self.client.get(f"/api/v1/reports/{self.reference}", headers={"X-Report-Key": self.key}).json

    def uploads(self) -> str:
        """A photo sent in one piece; its upload's id."""
        data, upload_id = camera.file(camera.street()), str(uuid4())
        self.client.put(f"/api/v1/uploads/{upload_id}", json={"length": len(data), "name": "α.jpg"})
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        sent = self.client.patch(f"/api/v1/uploads/{upload_id}", data=data, headers=headers)
        assert sent.status_code == 200, sent.text
        return upload_id


def eleni_reports(client: FlaskClient, **more: Any) -> Eleni:
    """Eleni reports something; a pothole when nothing else is said."""
    answer = report(client, **more)
    assert answer.status_code == 201, answer.text
    return Eleni(client, answer.json["reference"], answer.json["tracking_url"].rsplit("/", 1)[1])


def found(session: Session, reference: str) -> Report:
    session.expire_all()
    return session.scalars(select(Report).where(Report.reference == reference)).one()


def put_right(client: FlaskClient, session: Session, nikos: Program, thanasis: Program) -> Eleni:
    """A pothole of Eleni's that the crew has put right."""
    reference, order = dispatched(client, nikos)
    assert thanasis.move(f"/work-orders/{order}", move="start").status_code == 200
    assert thanasis.finish(order, camera.file(camera.street())).status_code == 200
    return Eleni(client, reference, found(session, reference).tracking_token)
