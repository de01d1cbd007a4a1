"""What a person has chosen for the app as a whole: theme, layout of the window, where training runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal, TypeAlias

from designer.workspace import memory

Theme: TypeAlias = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
RunOrder: TypeAlias = Literal["date", "name", "figure"]
RUN_ORDERS: tuple[RunOrder, ...] = ("date", "name", "figure")
MOST_RECENT = 8


@dataclass(frozen=True)
class Preferences:
    """``window`` holds what the window remembers of its own layout, as texts (base64 where it is bytes).

    ``train_inside`` trains in a thread of the app itself instead of in a process of its own; ``last_folder`` is where
    a file was last opened. ``minimap`` shows one on the canvas; ``coarse_grid`` lets things click into its dots;
    ``training_open`` shows how a layer learns beside its own fields, ``open_sections`` are the keys of those of the
    training settings that are open;
    ``recent_layers`` are the keys of those added last; ``templates`` has for each form of data the template that a
    network was last begun with; ``show_about`` opens what is said of a project beside its canvas; ``dialogs`` has the
    sizes that dialogs were left with: ``640x480``; ``runs_by`` is what lists of runs are sorted by, ``runs_turned`` the
    other way round; ``at_once`` is how many runs of a queue train side by side.
    """

    theme: Theme = "system"
    train_inside: bool = False
    last_folder: str = ""
    window: Mapping[str, str] = field(default_factory=dict)
    minimap: bool = True
    coarse_grid: bool = False
    training_open: bool = False
    open_sections: tuple[str, ...] = ()
    recent_layers: tuple[str, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    show_about: bool = True
    dialogs: Mapping[str, str] = field(default_factory=dict)
    runs_by: RunOrder = "date"
    runs_turned: bool = False
    at_once: int = 1


def load_preferences() -> Preferences:
    """The stored choices; the default for each that is missing or makes no sense."""
    stored = memory.recall("preferences")
    chosen = Preferences()
    theme = stored.get("theme")
    if theme in THEMES:
        chosen = replace(chosen, theme=theme)
    if isinstance(inside := stored.get("train_inside"), bool):
        chosen = replace(chosen, train_inside=inside)
    if isinstance(folder := stored.get("last_folder"), str):
        chosen = replace(chosen, last_folder=folder)
    if isinstance(minimap := stored.get("minimap"), bool):
        chosen = replace(chosen, minimap=minimap)
    if isinstance(coarse := stored.get("coarse_grid"), bool):
        chosen = replace(chosen, coarse_grid=coarse)
    if isinstance(opened := stored.get("training_open"), bool):
        chosen = replace(chosen, training_open=opened)
    if isinstance(sections := stored.get("open_sections"), list):
        chosen = replace(chosen, open_sections=tuple(key for key in sections if isinstance(key, str)))
    if isinstance(recent := stored.get("recent_layers"), list):
        chosen = replace(chosen, recent_layers=tuple(key for key in recent if isinstance(key, str))[:MOST_RECENT])
    if isinstance(shown := stored.get("show_about"), bool):
        chosen = replace(chosen, show_about=shown)
    if isinstance(templates := stored.get("templates"), dict):
        chosen = replace(chosen, templates={key: text for key, text in templates.items() if isinstance(text, str)})
    if isinstance(dialogs := stored.get("dialogs"), dict):
        chosen = replace(chosen, dialogs={key: text for key, text in dialogs.items() if isinstance(text, str)})
    if (runs_by := stored.get("runs_by")) in RUN_ORDERS:
        chosen = replace(chosen, runs_by=runs_by)
    if isinstance(turned := stored.get("runs_turned"), bool):
        chosen = replace(chosen, runs_turned=turned)
    at_once = stored.get("at_once")
    if isinstance(at_once, int) and not isinstance(at_once, bool) and at_once > 0:
        chosen = replace(chosen, at_once=at_once)
    if isinstance(window := stored.get("window"), dict):
        chosen = replace(chosen, window={key: text for key, text in window.items() if isinstance(text, str)})
    return chosen


def save_preferences(chosen: Preferences) -> None:
    """Store the choices; what a newer Layerloom stored beside them stays."""
    memory.update("preferences", lambda values: {**values, **asdict(chosen)})


def change_preferences(**changes: object) -> Preferences:
    """Change some of the choices and store them, the others as they are stored now; answers all of them."""
    known = {item.name for item in fields(Preferences)}
    unknown = set(changes) - known
    if unknown:
        raise TypeError(f"no such preference: {', '.join(sorted(unknown))}")
    chosen = replace(load_preferences(), **changes)  # type: ignore[arg-type]
    save_preferences(chosen)
    return chosen
