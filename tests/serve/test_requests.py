"""What the live server answers, and how it ends."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
from serve.served import ARTICLE, LIMIT, PAGE, SITE, ask, group_of, until

from kbgen.serve.live import MOST, Live
from kbgen.serve.server import start

OUTSIDE = [
    "/..%2f..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/kbgen.toml",
    "//etc/passwd",
    "/%00",
    "/en/%00x",
    "/out.txt",
    "/ring",
    "/" + "a" * 6000,
    "/..%2fstate",
    "/__kbgen/server.py",
    "/__kbgen/..%2fserver.py",
    "/__kbgen/gallery/",
]


def test_it_sends_the_headers_of_the_build(serve):
    """What hosts are asked to send, the preview sends: so a page of another origin can be tried against it.  Freshness stays its own."""
    served = serve({"kbgen.toml": SITE["kbgen.toml"] + '[suggest]\norigins = ["http://localhost:9"]\n'})
    page, module = served.get(f"/{PAGE}")[1], served.get("/suggest.mjs")[1]
    missing = served.get("/en/nothing/")[1]

    assert page["content-security-policy"].endswith("frame-ancestors 'self' http://localhost:9")
    assert page["access-control-allow-origin"] == module["access-control-allow-origin"] == "*"
    assert (page["cache-control"], module["cache-control"]) == ("no-store", "no-cache")
    assert "access-control-allow-origin" not in missing


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-C", "SIGTERM"])
def test_it_ends_at_once_and_leaves_nothing(serve, number):
    """With streams open it ends within two seconds: no traceback, no child, port and lock free."""
    served = serve()
    port = urlsplit(served.address).port
    streams = [http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT) for _ in range(3)]
    for stream in streams:
        stream.request("GET", "/__kbgen/events")
        stream.getresponse().readline()
    lasted = served.end(number)
    for stream in streams:
        stream.close()

    assert lasted < 2
    assert served.process.returncode == 0
    assert "Traceback" not in served.text()
    assert served.text().endswith("Stopped.\n")
    with pytest.raises(ProcessLookupError):
        os.killpg(served.process.pid, 0)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))
    built = subprocess.run([sys.executable, "-m", "kbgen", "-C", str(served.root), "build", "-q"], timeout=LIMIT, check=False)
    assert built.returncode == 0


@pytest.mark.parametrize("command", ["serve", "build"])
def test_a_kill_in_the_middle_of_a_build_takes_the_workers_along(site_factory, command):
    """SIGTERM while articles are parsed in worker processes ends those too."""
    files = {
        f"content/en/devices/a{n}.md": ARTICLE.format(title=f"Lamp {n}", body="word " * 3000).replace("kb-lamp", f"kb-l{n}")
        for n in range(400)
    }
    root = site_factory({**SITE, **files})
    options = ["--port", "0"] if command == "serve" else []
    with subprocess.Popen(
        [sys.executable, "-m", "kbgen", "-C", str(root), command, "--jobs", "2", *options],
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            until(lambda: len(group_of(process.pid)) > 2)
        finally:
            process.terminate()
        told = process.communicate(timeout=LIMIT)[0].decode()

    assert "Traceback" not in told
    until(lambda: not group_of(process.pid))


def test_a_kill_inside_a_finaliser_ends_it_too(site_factory):
    """Python drops what is raised while it cleans up an object; the portal ends all the same, without a word of that."""
    hook = """
import os, signal


class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)


def on_pages(pages):
    Last()
    return pages
"""
    root = site_factory({**SITE, "kbgen.toml": SITE["kbgen.toml"] + '[hooks]\nfiles = ["hooks/last.py"]\n', "hooks/last.py": hook})
    ended = subprocess.run(
        [sys.executable, "-m", "kbgen", "-C", str(root), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert ended.returncode == 0
    assert ended.stdout.endswith("Stopped.\n")
    assert "KeyboardInterrupt" not in ended.stdout


def test_a_taken_port_is_a_sentence(serve):
    """Another program has the port: wrong usage, and how to choose another."""
    served = serve()
    port = str(urlsplit(served.address).port)
    again = subprocess.run(
        [sys.executable, "-m", "kbgen", "-C", str(served.root), "serve", "--port", port],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert again.returncode == 2
    assert f"127.0.0.1:{port} cannot be used" in again.stderr
    assert f"--port {int(port) + 1}" in " ".join(again.stderr.split())
    assert "--port 0" in again.stderr
    assert "Traceback" not in again.stderr


def test_nothing_outside_the_portal_is_served(serve):
    """Paths that climb, links that lead out, bytes that are no name: 404, and the server lives on."""
    served = serve()
    (portal,) = (served.root / ".kbgen/serve").iterdir()
    (portal / "out.txt").symlink_to(served.root / "kbgen.toml")
    (portal / "ring").symlink_to("ring")

    assert {path: served.get(path)[0] for path in OUTSIDE} == dict.fromkeys(OUTSIDE, 404)
    assert served.get(f"/{PAGE}")[0] == 200
    assert "Traceback" not in served.text()


def test_another_name_for_this_machine_is_refused(serve):
    """A page elsewhere that points its own name at 127.0.0.1 cannot read drafts."""
    served = serve()

    assert served.get(f"/{PAGE}", Host="evil.example")[0] == 421
    assert served.get(f"/{PAGE}", Host=f"localhost:{urlsplit(served.address).port}")[0] == 200


def test_pages_are_found_as_a_web_server_finds_them(serve):
    """A folder without its slash is redirected with its question, a missing page is that of its locale, nothing is kept by browsers."""
    served = serve()
    status, headers, _ = served.get("/en/search?q=lamp")

    assert (status, headers["location"]) == (302, "/en/search/?q=lamp")
    assert 'lang="fa"' in served.get("/fa/none/")[2]
    assert served.get("/fa/none/")[0] == 404
    assert 'lang="en"' in served.get("/en/none/")[2]
    assert served.get(f"/{PAGE}")[1]["cache-control"] == "no-store"
    assert served.get(f"/{PAGE}")[2].count("live.mjs") == 1


def test_while_the_first_build_runs_the_answer_is_503(tmp_path):
    """Not 404, which tools remember: the page is there in a moment."""
    live = Live(tmp_path)
    running = start(live, "127.0.0.1", 0)
    try:
        first = ask(running.address, "/en/anything/")
        live.built(changed=True)
        later = ask(running.address, "/en/anything/")
    finally:
        running.stop()

    assert (first[0], first[1]["retry-after"]) == (503, "1")
    assert later[0] == 404


def test_answers_are_not_held_back(tmp_path):
    """Sockets that name TCP send small answers at once; on others each waits, up to 40 ms, for the client to confirm the one before."""
    running = start(Live(tmp_path), "127.0.0.1", 0)
    try:
        ask(running.address, "/")  # it runs
        doors = [door.proto for server in running.server.servers for door in server.sockets]
    finally:
        running.stop()

    assert doors == [socket.IPPROTO_TCP]


def test_a_stream_tells_the_state_and_ends_with_the_server(tmp_path):
    """A listener that comes late knows what is wrong; problems are cut to what a person can read."""
    live = Live(tmp_path)
    live.broken([f"problem {number}" for number in range(MOST + 5)])
    heard: list[str] = []

    def run() -> None:
        async def listen() -> None:
            async for message in live.listen():
                heard.append(message)
                live.end()

        asyncio.run(listen())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(LIMIT)

    assert not thread.is_alive()
    assert "problem 0" in heard[0]
    assert "and 5 more" in heard[0]
