"""The picture of the backlog."""

from xml.etree import ElementTree

from local.bench.picture import HEIGHT, LEFT, TOP, WIDTH, Line, draw

SVG = "{http://www.w3.org/2000/svg}"
FAST = Line("ours", [(0, 60), (11, 0)])
LOSES = Line("theirs & others", [(0, 500), (600, 120)])


def picture() -> ElementTree.Element:
    return ElementTree.fromstring(draw([FAST, LOSES]))  # noqa: S314 -- our own


def test_it_says_in_words_what_it_shows():
    found = picture()

    assert found.findtext(f"{SVG}title") == "The backlog of a bulk edit under each design"
    description = found.findtext(f"{SVG}desc")
    assert description is not None
    assert "ours: at most 60, all there after 11 min." in description
    assert "theirs & others: at most 500, 120 never." in description


def test_axes_have_units_and_end_at_whole_steps():
    said = [text.text for text in picture().iter(f"{SVG}text")]

    assert "hours since the first edit" in said
    assert {"0", "3", "6", "9", "12"} <= set(said)
    assert {"250", "500"} <= set(said)


def test_a_line_that_ends_above_nothing_goes_on_to_the_edge():
    paths = {path.get("class"): str(path.get("d")) for path in picture().iter(f"{SVG}path")}

    assert paths["line line1 dash1"].endswith(f"V{TOP + HEIGHT}.0")
    assert paths["line line2 dash2"].endswith(f"H{LEFT + WIDTH}")
