"""Runs one command and says what it cost, as wait4(2) accounts for it.

    python3 wait4.py SECONDS COMMAND [ARGUMENT ...]

Writes two lines of JSON to file descriptor 3: {"pid"} once the command runs, and {"wallSeconds",
"cpuSeconds", "peakBytes", "exitCode", "isTimedOut"} once it has ended. A command that is not done
after SECONDS is killed, and so is one whose runner is told to stop (SIGTERM, SIGINT).

Why not sampling /proc: the last sample misses what came after it, and a process of 30 ms is over
before the first. Why not time(1): it is a package that many machines lack, and it rounds to 10 ms.
wait4's figures are exact, they include every thread, and they are this one child's. One limit: the
kernel counts the memory of the process before exec too, so no peak is below this interpreter's own,
about 10 MB.
"""

import json
import os
import signal
import subprocess
import sys
import time


def main() -> None:
    limit, *command = sys.argv[1:]
    is_timed_out = False

    def stop(number, _frame):
        nonlocal is_timed_out
        is_timed_out = number == signal.SIGALRM
        child.kill()

    begun = time.perf_counter()
    child = subprocess.Popen(command)
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.alarm(int(limit))
    report({"pid": child.pid})
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    signal.alarm(0)
    report(
        {
            "wallSeconds": wall,
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "peakBytes": usage.ru_maxrss * 1024,
            "exitCode": os.waitstatus_to_exitcode(status),
            "isTimedOut": is_timed_out,
        }
    )


def report(values: dict) -> None:
    os.write(3, (json.dumps(values) + "\n").encode())


main()
