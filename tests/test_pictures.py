"""The pictures: every fact is there with its words, nothing overlaps, and the same bytes come each time."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import Result

from kg.answers.matrix import Observation, matrix, tabulate
from kg.base.drawing import COLOURS, WIDTH, Canvas, fitted, picture_suffix, text_width, wrapped
from kg.base.results import CaseError
from kg.base.times import Bounds
from kg.graph.store import Dataset
from kg.model.case import Case, Finding, Measurement, Patient, Response, Treatment
from kg.model.fields import Anchor, Term
from kg.model.reading import CaseFile
from kg.persons.people import Person, people
from kg.pictures.lanes import GLYPHS, Item, Lane, letters, sections, unit_words
from kg.pictures.pictures import RIGHT, _placed, _scale, _width, draw_timeline
from kg.pictures.plots import draw_changes, draw_matrix

pytest.importorskip("matplotlib")

SVG = "{http://www.w3.org/2000/svg}"
EVIDENCE = (Anchor("case", "in the words of the report"),)
LONG = "a very long name of a treatment that nobody could print in one line, with words and more words " * 3
MakePerson = Callable[..., Person]
Run = Callable[..., Result]


@pytest.fixture(scope="session")
def person(data: Dataset) -> Person:
    return people(data)[0]


@pytest.fixture(scope="session")
def picture(person: Person) -> Canvas:
    return draw_timeline(person)


@pytest.fixture(scope="session")
def invent(seed: CaseFile) -> MakePerson:
    """An invented patient of an invented report."""

    def make(title: str = "An invented report", **facts: Any) -> Person:
        report = seed.case.report.model_copy(update={"title": title})
        return Person.of(Case(report=report, patients={"p1": Patient(**facts)}), "p1")

    return make


def treatment(**more: Any) -> Treatment:
    return Treatment(
        **{"drug": Term("CHEBI:71200", "tofacitinib"), "printed": "tofacitinib", **more, "evidence": EVIDENCE}
    )


def finding(number: int = 0, **more: Any) -> Finding:
    concept = Term(f"HP:{number:07}", f"invented finding {number}")
    return Finding(**{"concept": concept, "status": "present", **more, "evidence": EVIDENCE})


def value(printed: str, **more: Any) -> Measurement:
    analyte = Term("LOINC:30341-2", "Erythrocyte sedimentation rate")
    return Measurement(**{"analyte": analyte, "unit": "mm/h", "printed": printed, **more, "evidence": EVIDENCE})


def invented(invent: MakePerson, name: str) -> Person:
    match name:
        case "nothing":
            return invent()
        case "one fact":
            return invent(findings={"calcinosis": finding(time="2019-05-02")})
        case "no dates":
            facts = {f"f{n}": finding(n % 5) for n in range(40)}
            answers = {
                f"r{n}": Response(to=("t1", "t2"), of=("f1",), outcome="improved", evidence=EVIDENCE) for n in range(12)
            }
            return invent(treatments={"t1": treatment(), "t2": treatment()}, findings=facts, responses=answers)
        case "40 treatments":
            given_ = {f"t{n}": treatment(start=f"{1980 + n}", end=f"{1981 + n}-06") for n in range(40)}
            answer = Response(to=tuple(given_), of=("f",), outcome="relapsed", time="2021", evidence=EVIDENCE)
            return invent(treatments=given_, findings={"f": finding(time="1999")}, responses={"r": answer})
        case "open intervals":
            given_ = {
                "a": treatment(start="../2019"),
                "b": treatment(start="2019-03/.."),
                "c": treatment(end="2020-02"),
                "d": treatment(ongoing_at="2021"),
                "e": treatment(start="2018", end="2018"),
                "f": treatment(),
            }
            return invent(treatments=given_, findings={"x": finding(time="../2017"), "y": finding(time="2022/..")})
        case "long words":
            return invent(
                title=LONG * 3,
                treatments={"t": treatment(printed=LONG, form=LONG, start="2020-01")},
                findings={"f": Finding(concept=Term("HP:0000001", LONG), status="present", evidence=EVIDENCE)},
                measurements={"m": value(LONG, time="2020-03"), "n": value("2 日本", value="2", time="2020-03")},
            )
        case "many values":
            printed = {
                f"m{n}": value(f"{n * 7 % 40} mm/h", value=n * 7 % 40, time=f"2020-{n:02}-03") for n in range(1, 13)
            }
            return invent(measurements=printed)
        case "one week":
            return invent(
                treatments={"t": treatment(start="2020-02-27", end="2020-03-02")},
                measurements={"m": value("~40", value=40, comparator="~", time="2020-02-29")},
            )
        case "a century":
            return invent(
                findings={"f": finding(time="0001"), "g": finding(time="9999-12-31"), "h": finding(time="190X")}
            )
    raise ValueError(name)


INVENTED = [
    "nothing", "one fact", "no dates", "40 treatments", "open intervals", "long words", "many values", "one week", "a century",
]  # fmt: skip


def check_layout(canvas: Canvas) -> None:
    """No text leaves the page, and no two texts lie upon each other."""
    boxes = canvas.boxes()
    for text, left, top, right, bottom in boxes:
        assert left >= 0, text
        assert top >= 0, text
        assert right <= WIDTH, text
        assert bottom <= canvas.height, text
    for (one, a, b, c, d), (two, e, f, g, h) in combinations(boxes, 2):
        apart = c <= e + 1 or g <= a + 1 or d <= f + 2 or h <= b + 2
        assert apart, (one, two)


def tips(svg: bytes) -> list[str]:
    return [
        str(group[0].text)
        for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
        if group.get("id", "").startswith("fact")
    ]


def test_the_check_notices_overlaps_and_what_leaves_the_page() -> None:
    for places in ([(100, 30), (104, 32)], [(-5, 30)], [(WIDTH - 10, 30)], [(100, 59)]):
        canvas = Canvas(60)
        for x, y in places:
            canvas.text(x, y, "words")
        with pytest.raises(AssertionError):
            check_layout(canvas)


# ---- the timeline ------------------------------------------------------------------------


def test_the_shipped_patient_is_readable(picture: Canvas) -> None:
    check_layout(picture)
    assert picture.height < 2500
    texts = [text for text, *_ in picture.boxes()]
    assert "no date stated" in texts
    assert "start 2021-09, still given 2022-11" in texts
    assert "33.7 ng/L" in texts
    assert "<35 pg/mL" in texts
    assert any("more lanes are not drawn" in text for text in texts)


@pytest.mark.parametrize("everything", [False, True])
def test_each_drawn_fact_is_an_element_with_its_words(person: Person, everything: bool) -> None:
    svg = draw_timeline(person, everything).rendered("svg", "a title")
    top = ElementTree.fromstring(svg)
    assert (top.get("width"), top[0].tag, top[0].text) == (str(WIDTH), f"{SVG}title", "a title")
    found = tips(svg)
    lanes = [lane for section in sections(person, everything) for lane in section.lanes]
    drawn = {person.fact(item.key) for lane in lanes for item in lane.facts}
    assert {tip.rsplit("\n", 1)[-1] for tip in found} == drawn
    quoted = next(tip for tip in found if tip.endswith("#troponin-control"))
    assert "usTnI and NTproBNP normalized" in quoted
    assert "33.7 ng/L" in quoted


def test_all_means_all(person: Person) -> None:
    lanes = [lane for section in sections(person, everything=True) for lane in section.lanes]
    drawn = {item.key for lane in lanes for item in lane.facts}
    wanted = {
        key
        for section, key, fact in person.patient.facts()
        if fact.layer == "patient fact" and section not in ("times", "antibodies", "figures")
    }
    assert drawn == wanted
    assert not any(section.left_out for section in sections(person, everything=True))


def test_what_is_left_out_is_told(person: Person) -> None:
    for part in sections(person):
        whole = next(s for s in sections(person, everything=True) if s.kind == part.kind)
        assert len(part.lanes) + len(part.left_out) == len(whole.lanes)
    manifestations = next(s for s in sections(person) if s.kind == "manifestations")
    answered = [
        any(i.glyph not in ("present", "absent", "not stated") for i in lane.items) for lane in manifestations.lanes
    ]
    assert answered == sorted(answered, reverse=True)  # those with a response first


def test_therapies_stand_in_their_order_and_joint_attribution_is_seen(person: Person) -> None:
    treatments, manifestations, *_ = sections(person)
    keys = [lane.bar.key for lane in treatments.lanes if lane.bar]
    order = ["mmf", "topical-thiosulfate", "intralesional-thiosulfate", "rituximab", "tofacitinib", "local-cures"]
    assert [key for key in keys if key in order] == order
    assert keys[keys.index("steroids") + 1] == "prednisone"
    names = {lane.bar.key: lane.letter for lane in treatments.lanes if lane.bar}
    texts = {item.key: item for lane in manifestations.lanes for item in lane.items}
    assert texts["tofacitinib-calcinosis"].text == names["tofacitinib"]
    assert texts["first-line-joints"].text == "+".join(sorted(names[k] for k in ("steroids", "mmf", "ivig")))
    assert "jointly" in texts["first-line-joints"].tip
    assert "jointly" not in texts["tofacitinib-calcinosis"].tip
    assert "treats" not in " ".join(item.tip for item in texts.values())


@pytest.mark.parametrize("name", INVENTED)
def test_invented_patients_are_drawn(invent: MakePerson, name: str) -> None:
    someone = invented(invent, name)
    for everything in (False, True):
        canvas = draw_timeline(someone, everything)
        check_layout(canvas)
    svg = canvas.rendered("svg", name)
    lanes = [lane for section in sections(someone, everything=True) for lane in section.lanes]
    drawn = {someone.fact(item.key) for lane in lanes for item in lane.facts}
    assert {tip.rsplit("\n", 1)[-1] for tip in tips(svg)} == drawn
    check_layout(draw_changes(someone))


def test_a_patient_without_dates_has_no_years(invent: MakePerson) -> None:
    texts = [text for text, *_ in draw_timeline(invented(invent, "no dates")).boxes()]
    assert "no date stated" in texts
    assert not [text for text in texts if text.isdigit()]
    assert "The report states nothing that has a place on a timeline." in [
        text for text, *_ in draw_timeline(invented(invent, "nothing")).boxes()
    ]


def test_a_higher_value_stands_higher(invent: MakePerson) -> None:
    lane = sections(invented(invent, "many values"))[0].lanes[0]
    clusters = _placed(lane, _scale(lane.items, 400), 0, 0)
    rows = {cluster.items[0].value: cluster.row for cluster in clusters}
    assert rows[max(rows, key=lambda v: v or 0)] == 0
    assert rows[min(rows, key=lambda v: v or 0)] == max(rows.values())


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_bytes_each_time(person: Person, picture: Canvas, kind: str) -> None:
    assert draw_timeline(person).rendered(kind, "x") == picture.rendered(kind, "x") == picture.rendered(kind, "x")


def test_a_png_is_as_large_as_it_says(picture: Canvas, tmp_path: Path) -> None:
    picture.save(tmp_path / "a.png", "x")
    assert struct.unpack(">II", (tmp_path / "a.png").read_bytes()[16:24]) == (WIDTH, picture.height)


_DAYS = st.dates(date(1950, 1, 1), date(2030, 1, 1))


@st.composite
def _bounds(draw: st.DrawFn) -> Bounds:
    first, length, slack = draw(_DAYS), draw(st.integers(0, 3000)), draw(st.integers(0, 400))
    start, end = first + timedelta(slack), first + timedelta(slack + length)
    return Bounds(
        draw(st.sampled_from([None, first])),
        draw(st.sampled_from([None, start])),
        draw(st.sampled_from([None, end])),
        draw(st.sampled_from([None, end + timedelta(slack)])),
    )


_ITEMS = st.lists(
    st.tuples(st.sampled_from(sorted(GLYPHS)), st.sampled_from(["", "A+B", "7891 UI/L", LONG]), _bounds())
)


@settings(max_examples=60, deadline=None)
@given(_ITEMS)
def test_marks_of_a_lane_never_lie_upon_each_other(made: list[tuple[str, str, Bounds]]) -> None:
    items = tuple(Item(str(n), glyph, text, when, "") for n, (glyph, text, when) in enumerate(made))
    clusters = _placed(Lane("a", "", items), _scale(items, 450), 120, 0)
    assert sorted(i.key for c in clusters for i in c.items) == sorted(i.key for i in items)
    spans = [(c.row, min(c.x, c.start), max(c.x + sum(map(_width, c.items)), c.end)) for c in clusters]
    assert all(right <= RIGHT + 0.01 for _, _, right in spans)
    for (row, left, right), (other, low, high) in combinations(spans, 2):
        assert row != other or right < low or high < left


# ---- the other pictures ------------------------------------------------------------------


def test_before_and_after(person: Person) -> None:
    canvas = draw_changes(person)
    check_layout(canvas)
    texts = [text for text, *_ in canvas.boxes()]
    assert "Change -44.5 ng/L (-56.9 %)" in texts
    assert "No change computed: the later value is a bound (<35 pg/mL)." in texts
    facts = {tip.rsplit("\n", 1)[-1] for tip in tips(canvas.rendered("svg", "x"))}
    assert {person.fact("troponin-2021"), person.fact("nt-probnp-control")} <= facts


def test_without_two_values_there_is_a_word_about_it(invent: MakePerson) -> None:
    texts = [text for text, *_ in draw_changes(invented(invent, "one fact")).boxes()]
    assert any("No analyte has two values" in text for text in texts)


@pytest.mark.parametrize("classes", [False, True])
def test_the_matrix_is_readable(data: Dataset, classes: bool) -> None:
    made = matrix(data, classes)
    canvas = draw_matrix(made)
    check_layout(canvas)
    texts = [text for text, *_ in canvas.boxes()]
    cells = [*made.cells.values(), *made.silent_cells.values()]
    assert texts.count("not reported") == sum(cell.reported == 0 for cell in cells)
    assert texts.count("1/1") + texts.count("0/1") == len(cells)
    assert set(made.silent.values()) <= {*texts}
    named = {line for tip in tips(canvas.rendered("svg", "x")) for line in tip.split("\n") if "#" in line}
    assert named == {fact for cell in cells for count in cell.counts for fact in count.facts}


def test_a_large_matrix_is_readable() -> None:
    found = [
        Observation(f"person {p}", f"drug {d} {LONG if d == 3 else ''}", f"sign {s} {LONG if s == 2 else ''}", group, how, ("f",))
        for d in range(13)
        for s in range(5)
        for p in range(d * 40 + s)
        for group, how in (("improved", "single"), ("stable", "joint"), ("not improved", "joint"), ("worsened", "single"))
    ]  # fmt: skip
    check_layout(draw_matrix(tabulate(found)))  # type: ignore[arg-type]
    check_layout(draw_matrix(tabulate([])))


def test_what_a_page_has_no_room_for_is_named() -> None:
    """60 drugs and 80 manifestations: those of most persons are drawn, all others named."""
    told = [("improved", "single") if s < 60 else ("not reported", "none") for s in range(80)]
    found = [
        Observation(f"p{p}", f"drug-{d}", f"sign-{s}", group, how, ("f",))
        for d in range(60)
        for s, (group, how) in enumerate(told)
        for p in range(1 + (d >= 50) + (s >= 57))
        if (d + s) % 3 == 0
    ]  # fmt: skip
    made = tabulate(found)  # type: ignore[arg-type]
    canvas = draw_matrix(made)
    check_layout(canvas)
    assert canvas.height < 7000
    texts = [text for text, *_ in canvas.boxes()]
    words = " ".join(texts)
    assert "Not drawn are 42 of 60 drugs" in words
    assert "Not drawn are 24 of 60 manifestations" in words
    assert "Not drawn are 8 of 20 manifestations without" in words
    for name in (*made.drugs.values(), *made.manifestations.values(), *made.silent.values()):
        assert (name in texts) != (f" {name}," in words or words.endswith(f" {name}") or f" {name} Not" in words)
    assert {f"drug-{d}" for d in range(50, 60)} | {"sign-57", "sign-58", "sign-59"} <= {*texts}


# ---- the command -------------------------------------------------------------------------


def test_the_command_draws_a_timeline(run: Run, tmp_path: Path) -> None:
    for options in ([], ["--all"], ["--changes"], ["--patient", "p1"]):
        result = run("timeline", "-o", tmp_path / "a.svg", *options)
        assert (result.exit_code, result.stderr) == (0, "")
        assert ElementTree.fromstring((tmp_path / "a.svg").read_bytes()).tag == f"{SVG}svg"
    assert run("timeline", "-o", tmp_path / "a.PNG").exit_code == 0
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["-o", "a.pdf"], "a picture is .svg or .png"),
        (["--patient", "p9", "-o", "a.svg"], "no patient is called 'p9'. Give --patient: https://"),
        (["-o", "no folder/a.svg"], "cannot be written"),
        (["no-such-file.yaml", "-o", "a.svg"], "cannot be read"),
    ],
)
def test_one_line_says_what_is_wrong(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("timeline", *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_of_several_patients_one_is_to_be_named(run: Run, tmp_path: Path, write_case: Callable[..., Path]) -> None:
    paths = [write_case(tmp_path), write_case(tmp_path, replace={"id: invented-1": "id: invented-2"}, name="b.yaml")]
    result = run("timeline", *paths, "-o", tmp_path / "a.svg")
    assert (result.exit_code, "2 patients are in the data. Give --patient" in result.stderr) == (2, True)
    iri = "https://w3id.org/casekg/case/invented-2/p1"
    assert run("timeline", *paths, "-o", tmp_path / "a.svg", "--patient", iri).stdout.endswith(f"timeline of {iri}.\n")


def test_the_command_draws_a_matrix(run: Run, tmp_path: Path) -> None:
    for options in ([], ["--classes"]):
        result = run("matrix", "-o", tmp_path / "m.svg", *options)
        assert (result.exit_code, result.stderr) == (0, "")
        assert b"<title>" in (tmp_path / "m.svg").read_bytes()
    assert run("matrix", "-o", tmp_path / "m.gif").exit_code == 2


# ---- paper and letters -------------------------------------------------------------------


def test_another_suffix_is_refused() -> None:
    for name in ("a.pdf", "a", "a.svg.txt"):
        with pytest.raises(CaseError, match=r"\.svg or \.png"):
            picture_suffix(Path(name))
    assert picture_suffix(Path("A.SVG")) == "svg"


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(CaseError, match=r"casekg\[pictures\]") as caught:
        picture_suffix(Path("a.svg"))
    assert "\n" not in str(caught.value)


def test_a_picture_too_high_for_pixels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="too high"):
        Canvas(70_000).save(tmp_path / "a.png", "x")
    Canvas(70_000).save(tmp_path / "a.svg", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.svg"]


def test_nothing_is_written_where_it_cannot_be(picture: Canvas, tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        picture.save(tmp_path / "no folder" / "a.svg", "x")
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=200), st.floats(20, 400), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_text_fits(text: str, width: float, most: int) -> None:
    lines = wrapped(text, width, 12, most)
    assert len(lines) <= most
    assert all(text_width(line, 12) <= width for line in [*lines, fitted(text, width, 12)])


@given(st.text())
@settings(max_examples=25, deadline=None)
def test_any_words_make_a_picture(text: str) -> None:
    canvas = Canvas(60)
    canvas.text(10, 20, fitted(text, 600, 12), tip=text or "x")
    svg = canvas.rendered("svg", text)
    assert len(tips(svg)) == (1 if canvas.axes.texts else 0)


def test_letters_and_units() -> None:
    assert [letters(n) for n in (0, 25, 26, 27)] == ["A", "Z", "AA", "AB"]
    assert [unit_words(u) for u in ("%{predicted}", "{score}", None, "[IU]/L")] == [
        "% of predicted",
        "score",
        "",
        "IU/L",
    ]


def test_marks_are_told_apart_without_colour() -> None:
    shapes = [(glyph.marker, glyph.filled) for name, glyph in GLYPHS.items() if name in _OUTCOMES]
    assert len(shapes) == len(set(shapes))
    assert {glyph.colour for glyph in GLYPHS.values()} <= COLOURS.keys()


_OUTCOMES = [
    "resolved", "improved", "partially improved", "controlled", "favourable", "stable", "not improved", "refractory",
    "persistent", "worsened", "relapsed", "not reported",
]  # fmt: skip
