"""Acts of several officers, each in a thread of its own, all begun at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from registry.core.errors import RegistryError


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of the acts gave or raised, all begun at the same moment."""
    barrier, found = threading.Barrier(len(acts)), dict[int, object]()

    def run(place: int) -> None:
        barrier.wait()
        try:
            found[place] = acts[place]()
        except RegistryError as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place] for place in range(len(acts))]
