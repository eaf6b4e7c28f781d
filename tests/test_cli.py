"""The command `casekg`: its doors, exit codes, and what it prints where."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.base.prefixes import CASE
from kg.graph.store import Dataset, read_rdf
from kg.model.case import Case

Write = Callable[..., Path]
Run = Callable[..., Any]
COMMANDS = (
    "build", "check", "coverage", "evidence", "explain", "init", "matrix", "mutate", "query", "reidentify", "schema", "show",
    "terms", "timeline", "validate",
)  # fmt: skip
ESCAPE = "\x1b["

DRUGS = """#+ summary: Treatments and their drug.
#+ parameters:
#+   drug: {type: concept, description: a drug}
#+   status: {type: choice, description: a status}
#+   least: {type: number, description: a dose}
#+   day: {type: date, description: a day}
#+   patient: {type: patient, description: a patient}
SELECT ?treatment ?drug ?status ?least ?day ?patient WHERE {
  ?treatment a ckg:Treatment ; ckg:drug ?drug ; ckg:patient ?patient ; ckg:doseValue ?least ; ckg:start/ckg:earliestStart ?day .
  OPTIONAL { ?treatment ckg:status ?status }
} ORDER BY ?treatment
"""


@pytest.fixture
def drugs(tmp_path: Path) -> Path:
    path = tmp_path / "drugs.rq"
    path.write_text(DRUGS)
    return path


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


# ---- help ----------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_every_option_is_explained(command: str, run: Run) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: casekg {command}" in _flat(result.stdout)
    assert ESCAPE not in result.stdout


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert all(re.search(rf"\b{command}\b", result.stdout) for command in (*COMMANDS, "version"))


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "coverage"])
def test_the_examples_of_the_help_run(
    command: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Path, write_case: Write
) -> None:
    text = _flat(run(command, "--help").stdout).split("Example: ")[1]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-cases").mkdir()
    for folder in (tmp_path / "my-cases", tmp_path / "kg" / "cases"):
        folder.mkdir(parents=True, exist_ok=True)
        write_case(folder, name=shipped.name)  # small, under the name that the example gives
    for example in text.split(";"):
        words = shlex.split(example.split(">")[0].strip())
        assert words[0] == "casekg"
        result = run(*words[1:])
        assert result.exit_code == 0, (example, result.stderr)
        assert result.stdout


def test_without_arguments_it_shows_the_help(run: Run) -> None:
    assert "Usage" in run().output


def test_version(run: Run) -> None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version("casekg")
    except PackageNotFoundError:
        pytest.skip("casekg is not installed, only checked out")
    result = run("version")
    assert result.exit_code == 0
    assert f"casekg {version('casekg')}\n" in result.stdout
    assert "pyoxigraph" in result.stdout


# ---- on the shipped case -------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show"], ["tofacitinib", "5 mg twice daily", "Calcinosis cutis", "improved", "28-year-old"]),
        (["validate"], ["valid: 1 graph", "shape", "0 violations"]),
        (["explain", "tofacitinib"], ["Case Presentation", "tofacitinib 5 mg twice daily", "CHEBI:71200"]),
        (["schema"], ["casekg case file"]),
        (["terms", "calcinosis"], ["HP:0025520 ! Calcinosis cutis"]),
        (["query", "--list"], ["question", "parameters"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) and value[0].islower() else "",
)
def test_commands_on_the_shipped_case(arguments: list[str], words: list[str], run: Run) -> None:
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    text = _flat(result.stdout)
    assert [w for w in words if w not in text] == []
    assert ESCAPE not in result.output


def test_coverage_of_the_shipped_case(run: Run, shared: Path) -> None:
    result = run("coverage", "--sources", shared / "seed")
    assert result.exit_code == 0
    assert "100.0% of" in result.stdout
    assert ", 0 unread." in result.stdout


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".ttl", ".nt", ".jsonld", ".rdf"])
def test_build_writes_every_format(suffix: str, run: Run, tmp_path: Path, write_case: Write) -> None:
    out = tmp_path / f"out{suffix}"
    result = run("build", write_case(tmp_path), "-o", out)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    assert result.stdout.startswith(f"{out}: 1 report, 1 patient, ")
    wanted = {q.triple for q in kg.build([tmp_path / "a.yaml"]).quads()}
    assert {getattr(q, "triple", q) for q in read_rdf(out)} == wanted


def test_build_and_validate_agree_on_rdf(run: Run, tmp_path: Path, write_case: Write) -> None:
    out = tmp_path / "out.trig"
    assert run("build", write_case(tmp_path), "-o", out).exit_code == 0
    assert run("validate", out).exit_code == 0
    spoilt = out.read_text().replace("ckg:Present", "ckg:Presnt")
    assert spoilt != out.read_text()
    out.write_text(spoilt)
    result = run("validate", out)
    assert result.exit_code == 1
    assert "Presnt" in result.stdout
    before = out.read_bytes()
    second = run("build", out, "-o", out)
    assert second.exit_code == 1
    assert "not written" in second.stderr
    assert out.read_bytes() == before


def test_nothing_is_coloured_when_nobody_looks(casekg: Callable[..., Any], tmp_path: Path, write_case: Write) -> None:
    bad = write_case(tmp_path, replace={"value: 40\n": "value: 41\n"})
    for arguments in (["show"], ["validate", bad], ["--help"], ["query", "nothing-like-it"]):
        done = casekg(*arguments, TERM="xterm-256color")
        assert ESCAPE not in done.stdout + done.stderr, arguments
        assert done.stdout + done.stderr


def test_exit_codes_of_a_process(casekg: Callable[..., Any], tmp_path: Path, write_case: Write) -> None:
    good, out = write_case(tmp_path), tmp_path / "out.nq"
    bad = write_case(tmp_path / "..", replace={"value: 40\n": "value: 41\n"}, name=f"{tmp_path.name}-bad.yaml")
    assert casekg("build", good, "-o", out).returncode == 0
    assert casekg("build", bad, "-o", out).returncode == 1
    assert casekg("build", tmp_path / "none.yaml", "-o", out).returncode == 2
    assert casekg("no-such-command").returncode == 2
    assert casekg("build", "--no-such-option").returncode == 2
    bad.unlink()


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    import subprocess
    import sys

    root = Path(kg.__file__).resolve().parents[1]
    done = subprocess.run(
        f"{shlex.quote(sys.executable)} -m kg schema | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=root,
        timeout=60,
    )
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


# ---- JSON and other formats ----------------------------------------------------------


def test_validate_as_json(run: Run, tmp_path: Path, write_case: Write) -> None:
    good = json.loads(run("validate", write_case(tmp_path), "--format", "json").stdout)
    assert good["conforms"] is True
    assert good["graphs"] == 1
    assert sum(good["focus_nodes"].values()) > 20
    bad = run("validate", write_case(tmp_path, replace={"value: 40\n": "value: 41\n"}), "--format", "json")
    made = json.loads(bad.stdout)
    assert bad.exit_code == 1
    assert made["conforms"] is False
    (result,) = made["results"]
    assert (result["rule"], result["key"]) == ("printed", "patients.p1.measurements.esr.value")
    assert result["line"] > 1
    missing = run("validate", tmp_path / "none.yaml", "--format", "json")
    assert missing.exit_code == 2
    assert json.loads(missing.stdout)["results"][0]["rule"] == "file"


def test_query_formats(run: Run, drugs: Path, tmp_path: Path, write_case: Write) -> None:
    case = write_case(tmp_path)

    def ask(form: str, *more: str) -> str:
        result = run("query", drugs, "--data", case, "--format", form, *more)
        assert result.exit_code == 0, result.stderr
        return str(result.stdout)

    made = json.loads(ask("json"))
    assert [row["treatment"].rsplit("#")[1] for row in made["rows"]] == ["prednisone", "tofacitinib"]
    assert made["columns"] == ["treatment", "drug", "status", "least", "day", "patient"]
    rows = list(csv.DictReader(io.StringIO(ask("csv"))))
    assert [row["drug"].rsplit("_")[1] for row in rows] == ["8382", "71200"]
    table = ask("markdown").splitlines()
    assert table[0].startswith("| treatment | drug |")
    assert re.match(r"\| (\S*p1#)?tofacitinib \| tofacitinib \|", table[3])
    assert "prednisone" in ask("table")
    assert json.loads(ask("json", "--drug", "CHEBI:71200"))["rows"] == made["rows"][1:]


def test_list_as_json(run: Run) -> None:
    result = run("query", "--list", "--format", "json")
    made = json.loads(result.stdout)
    assert all(set(row) == {"name", "summary", "parameters"} for row in made)
    assert len({row["name"] for row in made}) == len(made)
    assert f"{len(made)} questions." in run("query", "--list").stderr


# ---- queries -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "keys"),
    [
        (["--drug", "tofacitinib"], ["tofacitinib"]),
        (["--drug", "CHEBI:71200"], ["tofacitinib"]),
        (["--drug=Tofacitinib"], ["tofacitinib"]),
        (["--drug", "http://purl.obolibrary.org/obo/CHEBI_8382"], ["prednisone"]),
        (["--least", "10"], ["tofacitinib"]),
        (["--least", "5.0"], ["prednisone"]),
        (["--day", "2020-01-01"], ["prednisone"]),
        (["--patient", "invented-1/p1"], ["prednisone", "tofacitinib"]),
        (["--drug", "tofacitinib", "--least", "10"], ["tofacitinib"]),
        ([], ["prednisone", "tofacitinib"]),
    ],
    ids=lambda value: "-".join(value) if value else "none",
)
def test_parameters(
    parameters: list[str], keys: list[str], run: Run, drugs: Path, tmp_path: Path, write_case: Write
) -> None:
    result = run("query", drugs, "--data", write_case(tmp_path), "--format", "json", *parameters)
    assert [row["treatment"].rsplit("#")[1] for row in json.loads(result.stdout)["rows"]] == keys


@pytest.mark.parametrize(
    ("arguments", "says", "cure"),
    [
        (["--drg", "tofacitinib"], "has no parameter --drg", "It has: --drug"),
        (["--drug"], "'--drug' is not --PARAMETER VALUE", "Write for example"),
        (["tofacitinib"], "'tofacitinib' is not --PARAMETER VALUE", "Write for example"),
        (["--drug", "a", "--drug", "b"], "--drug is given twice", "Give it once"),
        (["--drug", "tofacitinb"], "no term is called 'tofacitinb'", "did you mean tofacitinib"),
        (["--least", "banana"], "'banana' is not a number", "Give a number"),
        (["--day", "2021-02-30"], "'2021-02-30' is not a date", "Give a date"),
        (["--status", "presnt"], "'presnt' is not a choice", "did you mean present"),
    ],
    ids=["unknown", "no-value", "no-name", "twice", "misspelt", "number", "date", "choice"],
)
def test_parameters_refused(arguments: list[str], says: str, cure: str, run: Run, drugs: Path) -> None:
    result = run("query", drugs, *arguments)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in line
    assert cure in line


def _query(folder: Path, text: str) -> Path:
    path = folder / "own.rq"
    path.write_text(text, "utf-8")
    return path


DEEP = "SELECT * WHERE " + "{ " * 101 + "?s ?p ?o" + " }" * 101
# text, words of the one line
REFUSED: dict[str, tuple[str, str]] = {
    "service": ("SELECT * WHERE { SERVICE <http://localhost:1/> { ?s ?p ?o } }", "SERVICE is not allowed"),
    "service-lower-case": ("SELECT * WHERE { service silent <http://localhost:1/> { ?s ?p ?o } }", "SERVICE is not allowed"),
    "service-in-exists": ("ASK { ?s ?p ?o FILTER EXISTS { SERVICE <http://localhost:1/> {} } }", "SERVICE is not allowed"),
    "service-after-remark": ("SELECT * WHERE { #x\nSERVICE <http://localhost:1/> { ?s ?p ?o } }", "SERVICE is not allowed"),
    "service-glued": ("SELECT * WHERE {?s ?p ?o.SERVICE<http://localhost:1/>{?s ?p ?o}}", "SERVICE is not allowed"),
    "service-escaped": ("SELECT * WHERE { \\u0053ERVICE <http://localhost:1/> { ?s ?p ?o } }", "is not SPARQL"),
    "load": ("LOAD <file:///etc/hostname>", "LOAD is not allowed"),
    "update": ("DELETE WHERE { ?s ?p ?o }", "is not SPARQL"),
    "deep-groups": (DEEP, "nested deeper than 100"),
    "deep-brackets": ("SELECT * WHERE { ?s ?p ?o FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", "nested deeper than 100"),
    "deep-path": ("SELECT * WHERE { ?s " + "(" * 20_000 + "<x:p>" + ")" * 20_000 + " ?o }", "nested deeper than 100"),
    "too-long": ("SELECT * WHERE { ?s ?p ?o } #" + "x" * 100_001, "longer than 100,000"),
    "not-sparql": ("SELEC * WHERE { ?s ?p ?o }", "is not SPARQL"),
    "empty": ("", "is not SPARQL"),
    "undeclared-prefix": ("SELECT * WHERE { ?s none:p ?o }", "is not SPARQL"),
    "header-not-a-map": ("#+ parameters: [a]\nSELECT * WHERE { ?s ?p ?o }", "#+ header is not right"),
    "header-type": ("#+ parameters:\n#+   s: {type: thing}\nSELECT ?s WHERE { ?s ?p ?o }", "has no type 'thing'"),
    "header-not-selected": ("#+ parameters:\n#+   x: {type: text}\nSELECT ?s WHERE { ?s ?p ?o }", "is not in the SELECT clause"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_queries_refused(name: str, run: Run, tmp_path: Path, write_case: Write) -> None:
    text, says = REFUSED[name]
    path = _query(tmp_path, text)
    result = run("query", path, "--data", write_case(tmp_path))
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert line.startswith(f"{path}")
    assert says in line
    assert line.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?s WHERE { ?s ?p ?o FILTER(STR(?o) != "SERVICE <x>") } LIMIT 1',
        "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1 # SERVICE",
        "SELECT ?service WHERE { ?service ?p ?o } LIMIT 1",
        "SELECT ?s WHERE { ?s ?p ?o FILTER(?o != <http://example.org/SERVICE>) } LIMIT 1",
        "PREFIX service: <x:> SELECT ?s WHERE { ?s ?p ?o MINUS { ?s service:a 1 } } LIMIT 1",
    ],
    ids=["text", "remark", "variable", "iri", "prefix"],
)
def test_the_word_service_elsewhere_is_fine(text: str, run: Run, tmp_path: Path, write_case: Write) -> None:
    result = run("query", _query(tmp_path, text), "--data", write_case(tmp_path))
    assert result.exit_code == 0, result.stderr


def test_a_header_that_is_not_yaml_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    result = run("query", _query(tmp_path, "#+ parameters: [\nSELECT * WHERE { ?s ?p ?o }"))
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("SELECT * WHERE { ?s ?p ?o FILTER(" + "!" * 90_000 + "true) }", id="not"),
        pytest.param("SELECT * WHERE { ?s ?p ?o FILTER(" + "- " * 45_000 + "1 > 0) }", id="minus"),
        pytest.param("SELECT * WHERE { ?s " + "^" * 90_000 + "<x:p> ?o }", id="inverse"),
        pytest.param("SELECT * WHERE { ?s ?p ?o FILTER(1" + "+1" * 45_000 + " > 0) }", id="plus"),
        pytest.param("SELECT * WHERE { ?s <x:p>" + "/<x:p>" * 15_000 + " ?o }", id="path"),
        pytest.param("SELECT * WHERE { {?s ?p 1}" + "UNION{?s ?p 1}" * 7_000 + " }", id="union"),
    ],
)
def test_deep_queries_without_brackets_end_in_an_answer(
    text: str, casekg: Callable[..., Any], tmp_path: Path, write_case: Write
) -> None:
    assert len(text) < 100_000
    done = casekg("query", _query(tmp_path, text), "--data", write_case(tmp_path))
    assert done.returncode in (0, 2), (done.returncode, done.stderr[-200:])
    assert "Traceback" not in done.stderr


def test_a_query_needs_no_prefixes(run: Run, tmp_path: Path, write_case: Write) -> None:
    text = "SELECT ?f WHERE { ?f ckg:concept obo:HP_0001369 ; ckg:evidence/oa:exact ?q ; ckg:status ckg:Present }"
    result = run("query", _query(tmp_path, text), "--data", write_case(tmp_path), "--format", "csv")
    assert result.stdout == f"f\n{CASE}invented-1/p1#arthritis\n"
    assert "1 row." in result.stderr


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("ASK { ?t ckg:drug obo:CHEBI_71200 }", "answer\ntrue\n"),
        ("ASK { ?t ckg:drug obo:CHEBI_50858 }", "answer\nfalse\n"),
        (
            "CONSTRUCT { ?t ckg:drug ?d } WHERE { ?t ckg:drug ?d FILTER(?d = obo:CHEBI_71200) }",
            "subject,predicate,object\n"
            f"{CASE}invented-1/p1#tofacitinib,https://w3id.org/casekg/ontology#drug,http://purl.obolibrary.org/obo/CHEBI_71200\n",
        ),
    ],
    ids=["yes", "no", "construct"],
)
def test_other_forms_of_query(text: str, rows: str, run: Run, tmp_path: Path, write_case: Write) -> None:
    result = run("query", _query(tmp_path, text), "--data", write_case(tmp_path), "--format", "csv")
    assert result.stdout == rows


def test_an_empty_answer_explains_itself(run: Run, drugs: Path, tmp_path: Path, write_case: Write) -> None:
    case = write_case(tmp_path)
    result = run("query", drugs, "--data", case, "--drug", "rituximab")
    assert result.exit_code == 0
    assert "Searched 1 report, 1 patient" in result.stderr
    assert "Rituximab (DRUGBANK:DB00073): no fact names it or anything under it." in result.stderr
    assert "Without parameters the question has 2 rows." in result.stderr
    assert "0 rows." in result.stderr
    upper = run("query", drugs, "--data", case, "--drug", "Janus Kinase Inhibitors").stderr
    assert "in the data only as" in upper
    other = run("query", drugs, "--data", case, "--patient", "other/p1").stderr
    assert "case:other/p1: is not in the data." in other


def test_an_empty_graph_explains_itself(run: Run, drugs: Path, tmp_path: Path) -> None:
    (tmp_path / "other.ttl").write_text("<x:s> <x:p> <x:o> .\n")
    result = run("query", drugs, "--data", tmp_path / "other.ttl")
    assert result.exit_code == 0
    assert "There is no case graph in the data" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["treatment/drgs"], "is not a query of the library."),
        (["none.rq"], "cannot be read (No such file or directory)."),
        ([], "name a question, or --list."),
    ],
    ids=["misspelt", "no-file", "nothing"],
)
def test_unknown_queries(arguments: list[str], says: str, run: Run) -> None:
    result = run("query", *arguments)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert says in line


def test_sparql_of_a_query_is_shown(run: Run, drugs: Path) -> None:
    result = run("query", drugs, "--sparql")
    assert result.stdout == DRUGS


# ---- terms ---------------------------------------------------------------------------


def test_terms_by_id(run: Run) -> None:
    result = run("terms", "CHEBI:71200")
    assert result.exit_code == 0
    assert result.stdout.startswith("CHEBI:71200 ! tofacitinib")
    assert "Janus Kinase Inhibitors" in result.stdout


def test_terms_by_words(run: Run) -> None:
    result = run("terms", "nailfold", "capillary", "--limit", "2")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2
    assert re.search(r"\d+ more; --limit \d+ lists them\.", result.stderr)
    assert all(re.match(r"\w+:\w+ ! .+", line) for line in result.stdout.splitlines())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("tofacitinb", "did you mean tofacitinib"),
        ("qqqq", "no term is called 'qqqq'"),
        ("HP:" + "9" * 7, "is not among"),
    ],
    ids=["misspelt", "nonsense", "unknown-id"],
)
def test_terms_not_found(words: str, says: str, run: Run) -> None:
    result = run("terms", words)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert says in line


def test_terms_of_nothing(run: Run) -> None:
    assert run("terms", "").exit_code == 2


# ---- the doors of the library --------------------------------------------------------


def test_the_library_has_the_same_doors(tmp_path: Path, write_case: Write, drugs: Path) -> None:
    path = write_case(tmp_path)
    data = kg.build([path])
    assert isinstance(kg.read_case(path), Case)
    assert isinstance(data, Dataset)
    assert kg.validate(data).conforms
    answer = kg.query(drugs, data, drug="tofacitinib")
    assert [row[0].rsplit("#")[1] for row in answer.values()] == ["tofacitinib"]
    assert kg.explain(answer.facts(0)[0], data).kind == "treatment"
    assert kg.from_rdflib(kg.to_rdflib(data.quads())).quads() == data.quads()
    assert all(getattr(kg, name) is not None for name in kg.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        kg.nothing  # noqa: B018
