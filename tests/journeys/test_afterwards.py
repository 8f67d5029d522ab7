"""After sending: Eleni objects, the crew comes again, she says yes; she answers, corrects, and reads on her tablet."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, TABLET, LiveTown
from tests.journeys.steps import Program
from tests.journeys.test_every_page import well_made
from tests.media import camera
from tests.notices.conftest import Box, words

EVERY_SIZE = [(PHONE, "el-GR"), (TABLET, "en-GB"), (DESK, "el-GR"), (PHONE, "en-GB")]


@pytest.fixture
def now_photo(tmp_path: Path) -> Path:
    path = tmp_path / "τώρα.jpg"
    path.write_bytes(camera.file(camera.street(3000, 2000)))
    return path


class Town:
    """The office and the crew of the road workers."""

    def __init__(self, api: Any, live_town: LiveTown) -> None:
        self.office = Program(api, live_town.account("dispatcher"))
        self.crew = Program(api, live_town.account("crew", "erga"))

    def decides(self, reference: str, move: str, **more: str) -> None:
        self.office.posts(f"/reports/{reference}", "moves", data={"move": move} | more)

    def puts_right(self, reference: str, instructions: str = "") -> None:
        sent = {"crew": "erga", "instructions": instructions}
        order = self.office.posts(f"/reports/{reference}", "work-orders", data=sent)["items"][0]["id"]
        self.crew.posts(f"/work-orders/{order}", "moves", data={"move": "start"})
        photo = {"name": "α.jpg", "mimeType": "image/jpeg", "buffer": camera.file(camera.street())}
        finished = {"move": "finish", "words": "Το κλείσαμε", "photo": photo}
        self.crew.posts(f"/work-orders/{order}", "moves", multipart=finished)


@pytest.fixture
def town(somebody: Any, live_town: LiveTown) -> Town:
    return Town(somebody(DESK).context.request, live_town)


def reported(person: Any, **more: Any) -> str:
    """A pothole that this browser sends; its reference."""
    told = {
        "category": "pothole",
        "location": {"type": "Point", "coordinates": [23.5484, 41.0856]},
        "description": "Βαθιά λακκούβα",
        **more,
    }
    photo = {"name": "α.jpg", "mimeType": "image/jpeg", "buffer": camera.file(camera.street())}
    answer = person.context.request.post("/api/v1/reports", multipart={"report": json.dumps(told), "photo": photo})
    assert answer.status == 201, answer.text()
    return str(answer.json()["reference"])


def soon(look: Callable[[], Any], seconds: int = 30) -> Any:
    """What is there once the worker has come to it."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.2)
    return found


def state(page: Page, word: str) -> None:
    expect(page.locator(".state__word")).to_have_text(word)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_objection_brings_the_crew_back_and_only_a_yes_closes(
    somebody: Any, live_town: LiveTown, town: Town, now_photo: Path, script: bool
) -> None:
    eleni = somebody(PHONE, script=script)
    page = eleni.page
    reference = reported(eleni)
    town.puts_right(reference)
    page.goto("/mine")
    expect(page.get_by_text("Πείτε μας αν είναι εντάξει")).to_be_visible()
    page.locator(f"a[href='/r/{reference}']").click()
    state(page, "Αποκαταστάθηκε")
    page.get_by_text("Όχι, δεν έγινε όπως πρέπει").click()
    page.get_by_role("button", name="Αποστολή στο γραφείο").click()
    expect(page.locator("#f-words-error")).to_contain_text("Γράψτε τι δεν έγινε")
    if script:
        expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_label("Τι δεν έγινε;").fill("Άνοιξε ξανά με την πρώτη βροχή")
    page.locator("#f-photo").set_input_files(now_photo)
    page.get_by_role("button", name="Αποστολή στο γραφείο").click()
    expect(page.get_by_role("heading", name="Το γραφείο εξετάζει την ένστασή σας")).to_be_visible()
    expect(page.get_by_text("Άνοιξε ξανά με την πρώτη βροχή")).to_be_visible()
    eleni.complaints.clear()  # the browser notes the 422 itself

    nikos = somebody(DESK)
    nikos.signs_in(live_town.account("dispatcher"), "/office")
    nikos.page.goto(f"/office/reports/{reference}")
    expect(nikos.page.get_by_text("Άνοιξε ξανά με την πρώτη βροχή").first).to_be_visible()
    town.decides(reference, "reopen", words="Έχετε δίκιο, ξαναπάμε")
    page.reload()
    state(page, "Έγινε δεκτή")
    expect(page.get_by_text("Έχετε δίκιο, ξαναπάμε")).to_be_visible()

    again = f"Ξανά, με την ένσταση {uuid.uuid4().hex[:6]}"
    sent = {"crew": "erga", "instructions": again}
    order = town.office.posts(f"/reports/{reference}", "work-orders", data=sent)["items"][-1]["id"]
    crew = somebody(TABLET)
    crew.signs_in(live_town.account("crew", "erga"), "/crew")
    expect(crew.page.locator("article.job", has_text=again)).to_be_visible()
    town.crew.posts(f"/work-orders/{order}", "moves", data={"move": "start"})
    photo = {"name": "β.jpg", "mimeType": "image/jpeg", "buffer": camera.file(camera.street())}
    town.crew.posts(f"/work-orders/{order}", "moves", multipart={"move": "finish", "words": "Τώρα ναι", "photo": photo})
    page.reload()
    state(page, "Αποκαταστάθηκε")
    page.get_by_role("button", name="Ναι, είναι εντάξει").click()
    state(page, "Ολοκληρώθηκε")
    expect(page.get_by_role("status").filter(has_text="Ευχαριστούμε")).to_be_visible()


def test_a_question_is_answered_and_words_are_corrected(somebody: Any, town: Town, now_photo: Path) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    reference = reported(eleni)
    town.decides(reference, "ask", words="Ποια λωρίδα;")
    page.goto(f"/r/{reference}")
    expect(page.locator("blockquote")).to_have_text("Ποια λωρίδα;")
    page.get_by_label("Η απάντησή σας").fill("Η δεξιά")
    page.locator("#f-photo").set_input_files(now_photo)
    page.get_by_role("button", name="Αποστολή απάντησης").click()
    state(page, "Υποβλήθηκε")
    expect(page.get_by_text("Προστέθηκε αργότερα")).to_be_visible()
    page.get_by_text("Να διορθώσω ή να αποσύρω όσα έγραψα").click()
    page.get_by_role("textbox", name="Όσα γράψατε").fill("Βαθιά λακκούβα στη δεξιά λωρίδα")
    page.get_by_role("button", name="Αποθήκευση").click()
    expect(page.locator(".said")).to_have_text("Βαθιά λακκούβα στη δεξιά λωρίδα")
    page.get_by_text("Να αποσύρω φωτογραφία").click()
    page.get_by_role("checkbox", name="Φωτογραφία 1").check()
    page.get_by_role("button", name="Οριστική διαγραφή").click()
    expect(page.locator("article .photo")).to_have_count(1)


def test_a_link_by_mail_shows_elenis_reports_on_her_tablet(somebody: Any, live_town: LiveTown, letter_box: Box) -> None:
    address = f"eleni.{uuid.uuid4().hex[:8]}@example.gr"
    reference = reported(somebody(PHONE), contact={"email": address})
    tablet = somebody(TABLET)
    page = tablet.page
    page.goto("/mine")
    expect(page.get_by_role("heading", name="Εδώ θα βλέπετε ό,τι στέλνετε")).to_be_visible()
    page.get_by_label("Το e-mail που δώσατε στην αναφορά").fill(address)
    page.get_by_role("button", name="Στείλτε μου σύνδεσμο").click()
    well_made(page)
    link = soon(lambda: [one for one in map(link_in, letter_box.to(address)) if one])[0]
    page.goto(link)
    well_made(page)
    page.get_by_role("button", name="Ναι, να φαίνονται εδώ").click()
    page.locator(f"a[href='/r/{reference}']").click()
    expect(page.get_by_text("Όσα γράψατε").first).to_be_visible()
    stranger = somebody(PHONE)
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("heading", name="Αυτός ο σύνδεσμος δεν ισχύει πια")).to_be_visible()
    well_made(stranger.page)
    stranger.complaints.clear()  # the browser notes the 404 itself


def link_in(letter: Any) -> str:
    found = re.search(r"/mine/link/[\w-]+", words(letter))
    return found[0] if found else ""


def test_a_neighbour_says_me_too_and_passes_it_on(somebody: Any) -> None:
    eleni, maria = somebody(PHONE), somebody(PHONE)
    reference = reported(eleni)
    page = maria.page
    page.goto(f"/r/{reference}")
    page.get_by_role("button", name="Κι εγώ").click()
    expect(page.get_by_text("Είπατε «Κι εγώ»")).to_be_visible()
    expect(page.get_by_role("button", name="Κοινοποίηση")).to_be_visible()
    page.get_by_text("Διεύθυνση και QR").click()
    square = page.locator(".share__qr img")
    expect(square).to_be_visible()
    assert "svg" in page.request.get(str(square.get_attribute("src"))).headers["content-type"]
    page.get_by_role("link", name="Πώς θέλετε να μαθαίνετε").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    eleni.page.goto(f"/r/{reference}")
    expect(eleni.page.get_by_text("Το βλέπει 1 ακόμη")).to_be_visible()


def test_a_printed_report_is_one_sheet(somebody: Any, town: Town) -> None:
    eleni = somebody(PHONE)
    reference = reported(eleni, description="Μια μεγάλη λακκούβα μπροστά στην είσοδο. " * 40)
    town.puts_right(reference)
    eleni.page.goto(f"/r/{reference}")
    eleni.page.wait_for_load_state("networkidle")
    sheet = eleni.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
    eleni.page.emulate_media(media="print")
    expect(eleni.page.locator(".paper__reference")).to_be_visible()
    expect(eleni.page.locator("header").first).to_be_hidden()
    expect(eleni.page.locator("article.track")).to_be_hidden()


@pytest.mark.parametrize(("viewport", "language"), EVERY_SIZE)
def test_every_state_is_well_made(somebody: Any, town: Town, viewport: dict[str, int], language: str) -> None:
    eleni, anybody = somebody(viewport, language=language), somebody(viewport, language=language)
    asked, done, closed = reported(eleni), reported(eleni), reported(eleni)
    town.decides(asked, "ask", words="Ποια λωρίδα;")
    for reference in (done, closed):
        town.puts_right(reference)
    town.decides(closed, "close")
    page = eleni.page
    for path in (f"/r/{asked}", f"/r/{done}", f"/r/{closed}", f"/r/{done}?print=1", "/mine"):
        page.goto(path)
        if "print" not in path:
            for folded in page.locator("main details").all():
                folded.evaluate("one => { one.open = true }")
        well_made(page)
    page.goto(f"/r/{asked}")
    page.locator("form[action$='/answer'] button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    well_made(page)
    for path in (f"/r/{done}", f"/r/{done}/flag", f"/r/{done}/flag?done=1", "/mine"):
        anybody.page.goto(path)
        well_made(anybody.page)
    eleni.complaints.clear()  # the browser notes the 422 itself
