"""Runs a command on a pseudo-terminal and plays a dialogue with it.

Usage: pseudo-terminal.py COLUMNS DIALOGUE COMMAND...

DIALOGUE is a JSON list of [wait, answer]: once the terminal has shown the text `wait` after the last
answer, `answer` is typed; null closes the terminal. An empty list only watches. What the terminal showed goes to standard
output; the exit code is the command's, or 125 when a text did not come in time.
"""

import fcntl
import json
import os
import pty
import re
import select
import struct
import sys
import termios
import time

LONGEST_SECONDS = 25
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")


def main():
    columns, dialogue = int(sys.argv[1]), json.loads(sys.argv[2])
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[3], sys.argv[3:])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown, seen_until = "", 0
    ends_at = time.monotonic() + LONGEST_SECONDS
    while True:
        left = ends_at - time.monotonic()
        if left <= 0:
            os.kill(pid, 9)
            sys.stdout.write(shown)
            sys.stderr.write(f"still waiting for: {dialogue[:1]}\n")
            sys.exit(125)
        ready, _, _ = select.select([terminal], [], [], left)
        if not ready:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux ends a pseudo-terminal so.
            break
        if not piece:
            break
        shown += piece.decode("utf-8", "replace")
        if dialogue and dialogue[0][0] in ESCAPES.sub("", shown[seen_until:]):
            seen_until = len(shown)
            typed = dialogue.pop(0)[1]
            if typed is None:
                os.close(terminal)
                break
            os.write(terminal, typed.encode())
    _, status = os.waitpid(pid, 0)
    sys.stdout.write(shown)
    sys.exit(os.waitstatus_to_exitcode(status) % 256)


main()
