"""What may a process of the server do? Not outlive it, not reach the network, not take more than its memory."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path
from typing import Any

__all__ = ["address_space", "bounded", "die_with_parent", "isolates", "no_network"]

_KILL_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """End when the process that made this one does (Linux)."""
    with contextlib.suppress(AttributeError, OSError):
        _libc().prctl(_KILL_WITH_PARENT, signal.SIGKILL)


def no_network() -> bool:
    """Leave the machine's network for an empty one; False where the system has no such thing or forbids it."""
    try:
        unshare = _libc().unshare
    except (AttributeError, OSError):
        return False
    return any(unshare(what) == 0 for what in (_NEW_NETWORK, _NEW_USERS | _NEW_NETWORK))


def isolates() -> bool:
    """Can a process leave the network here?"""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if no_network() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def bounded(memory: int) -> None:
    """Take no more than so many bytes of address space beyond what there is now (0: any), and leave no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory and (size := address_space()):
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))


def address_space() -> int:
    """Bytes of address space that this process has; 0 where that cannot be told."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
