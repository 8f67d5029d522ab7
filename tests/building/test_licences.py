"""What we ship may be shipped under our licence; script/audit tells the rest."""

from __future__ import annotations

import licences
import pytest


def test_everything_that_is_shipped_may_be(capsys: pytest.CaptureFixture[str]) -> None:
    licences.main()
    told = capsys.readouterr().out
    for shipped in ("flask", "waitress", "leaflet"):
        assert f" {shipped}," in told or f" {shipped}\n" in told


@pytest.mark.parametrize("licence", ["GNU General Public License v3", "AGPL-3.0-only", "Proprietary", "says nothing"])
def test_a_licence_that_binds_us_or_says_nothing_is_for_somebody_to_read(
    monkeypatch: pytest.MonkeyPatch, licence: str
) -> None:
    monkeypatch.setattr(licences, "licence_of", lambda _name: licence)
    with pytest.raises(SystemExit, match="has to read"):
        licences.main()
