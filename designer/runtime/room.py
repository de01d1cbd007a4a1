"""How much memory is left."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

from designer.runtime.errors import DataError


def free_memory() -> int:
    """The bytes that this process may still take, as far as the system tells; otherwise a very large number."""
    found = [sys.maxsize]
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) << 10)
    except (OSError, ValueError, IndexError):
        return memory_of_windows() or min(found)
    room = address_room()
    return min(found) if room is None else min(*found, room)


def memory_of_windows() -> int | None:
    """The bytes that are free as Windows tells them, of memory and of what programs may ask for; None elsewhere."""
    windows = getattr(ctypes, "windll", None)
    if windows is None:
        return None
    # its structure MEMORYSTATUSEX: its own size, then of everything first the whole and then what is left of it
    status = (ctypes.c_uint64 * 8)(64)
    if not windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(min(status[2], status[4]))


def address_room() -> int | None:
    """The bytes of addresses that are left to this process; None where no limit is set to them."""
    try:
        used = int(Path("/proc/self/statm").read_text().split()[0]) << 12
        for line in Path("/proc/self/limits").read_text().splitlines():
            words = line.split()
            if line.startswith("Max address space") and words[3].isdigit():
                return max(0, int(words[3]) - used)
    except (OSError, ValueError, IndexError):
        return None
    return None


def no_room(file: Path) -> DataError:
    """What to say where memory was refused while ``file`` was read."""
    size, free = file.stat().st_size / 1e9, free_memory()
    left = f", and {free / 1e9:.1f} GB of memory are free" if free < sys.maxsize else ""
    return DataError(
        f"{file.name} is too large for this machine's memory: {size:.1f} GB on disk{left}; read fewer columns or rows"
    )
