"""How long does the first view of each page take, over the shipped case or over files given, beside the smallest page?

    python benchmarks/pages.py [DATA]...

The server is started anew; each page is asked once, so that nothing is remembered. The time of the page
About, which only tells what was counted, is 1. Views that are asked again come from memory.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from serving import serving


def fetch(url: str, accept: str = "text/html") -> tuple[bytes, float]:
    start = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept})) as reply:
        body = reply.read()
    return body, time.perf_counter() - start


def main(paths: list[Path]) -> None:
    start = time.perf_counter()
    with serving("--quiet", "--seconds", "120", data=paths) as server:
        ready = time.perf_counter() - start
        top = server.url.rstrip("/")
        _, first = fetch(f"{top}/")
        time.sleep(15)  # what a worker makes once was made meanwhile, as for a reader who looks at the first page
        told = json.loads(fetch(f"{top}/api/cases", "application/json")[0])
        patient = told["cases"][0]["patient"].partition("/case/")[2]
        pages = {
            "About": "/about",
            "Cases, filtered": "/?disease=disease",
            "a patient": f"/case/{patient}",
            "its timeline": f"/timeline/{patient}",
            "its report": f"/case/{patient.rpartition('/')[0]}",
            "Treatments": "/treatments",
            "Questions": "/questions",
            "a question": "/questions/treatment/drugs?ask=yes",
            "a node": f"/graph?node=case:{patient}",
        }
        times = {}
        for name, path in pages.items():
            try:
                times[name] = fetch(top + path)[1]
            except urllib.error.HTTPError as error:
                print(f"{name}: {error}")
        again = fetch(f"{top}/")[1]
    unit = times["About"]
    print(f"{told['persons']:,} persons; listening after {ready:.1f} s")
    print(f"{'first page ever (Cases)':26}{first / unit:8.1f}  ({first * 1000:,.0f} ms)")
    for name, seconds in times.items():
        print(f"{name:26}{seconds / unit:8.1f}  ({seconds * 1000:,.0f} ms)")
    print(f"{'Cases, again':26}{again / unit:8.1f}  ({again * 1000:,.0f} ms)")


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
