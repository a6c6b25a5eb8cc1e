"""Real clients: Python's http.client and urllib3.

    client.py http.client|urllib3 PORT RUNS BODY REPLY

posts BODY bytes RUNS times to 127.0.0.1:PORT and prints a line a run: one word (seen, truncated,
lost, stuck) and what the program was told. REPLY is the length of the reply's body.
"""

import http.client
import sys

TIMEOUT_S = 30


def with_http_client(port, body):
    conn = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        conn.request("POST", "/", body=body)
        response = conn.getresponse()
        return response.status, response.read()
    finally:
        conn.close()


def with_urllib3(port, body):
    import urllib3

    with urllib3.HTTPConnectionPool("127.0.0.1", port, timeout=TIMEOUT_S) as pool:
        response = pool.urlopen("POST", "/", body=body, retries=False)
        return response.status, response.data


def word(error):
    """An end of the stream that comes too early is the stream's end; everything else is known."""
    for cause in causes(error):
        if isinstance(cause, TimeoutError):
            return "stuck"
        if type(cause).__name__ in ("RemoteDisconnected", "IncompleteRead"):
            return "truncated"
    return "lost"


def causes(error):
    while error is not None:
        yield error
        yield from (cause for cause in error.args if isinstance(cause, BaseException))
        error = error.__cause__ or error.__context__


def once(client, port, body, reply):
    try:
        status, data = client(port, body)
    # Whatever a client may tell its caller.
    except Exception as error:
        return word(error), " ".join(type(cause).__name__ for cause in causes(error))
    if status != 413:
        return "lost", f"status {status}"
    return ("seen" if len(data) == reply else "truncated"), f"413 with {len(data)} bytes"


def main():
    client = {"http.client": with_http_client, "urllib3": with_urllib3}[sys.argv[1]]
    port, runs, length, reply = (int(text) for text in sys.argv[2:6])
    body = b"x" * length
    for _ in range(runs):
        print(*once(client, port, body, reply), flush=True)


if __name__ == "__main__":
    main()
