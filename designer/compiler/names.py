"""Names: from what people call a node to an identifier that Python, PyTorch and the reader accept."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable

from designer.project.model import Node

LONGEST = 40

# What a module already has, so that a layer may not be called so. A test compares this with nn.Module itself.
MODULE_NAMES = frozenset(
    " ".join(
        (
            "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double",
            "dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half",
            "ipu load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters",
            "register_backward_hook register_buffer register_forward_hook register_forward_pre_hook",
            "register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook",
            "register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook",
            "register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to",
            "to_empty train training type xpu zero_grad",
        )
    ).split()
)
TAKEN = MODULE_NAMES | {"self", "torch", "nn", "x", "annotations"} | set(dir(builtins))

# What an exported script calls itself, so that no class of a block may. A test compares this with the scripts' parts.
SCRIPT_NAMES = frozenset(
    " ".join(
        (
            "AHEAD Answer Any Apply Argument AttentionPool AveragedModel BLOCK BOXES CHECKS CHOOSING CLOSE COMPARED",
            "COVERED Callable CapturedGraph CapturedStep CausalConv1d Cells ClassToken Coded Container Counter Course",
            "CutTokens CutWindows DATA DECODERS DEVICE DROPPED DataError DistributedDataParallel EITHER EPOCHS",
            "EXPECTED Epoch F FEATURES FILE FOLD FOLDS FORMATS Filled Final ForeignValueError Found FusedCall Future",
            "GROUP Gathered GaussianNoise GeneratedMeasure Gradients Graph GraphInputs GraphedStep Group HEIGHT",
            "HORIZON Hashable IMAGE INTO Image ImageOps Irregular Iterable Iterator Joined JointLoss JointMeasure",
            "Known LABELS LENGTH LEVEL Layout Learn LearnedPositions LogMeasure MAKERS MISSING MONDAY Maker Mapping",
            "Masks Measure ModuleType MuonAdamW NEIGHBOURS NUMBERED NamedTuple Node Notes OTHERS OVER Output PADDING",
            "PARSERS PIECE PLACED PLAIN POINTS PROBE PROCESSOR PackedSequence Part Path Pictures Placed Places",
            "PlainSteps PurePosixPath QUICKER RBM REACH REFUSED REHEARSALS Recorder ReduceLROnPlateau Restart Rows",
            "Run SEED SIZES SMALL SPOILED STEPS STRIDE ScaledSteps Scheduler Sequence SharedGradient SharedModel",
            "SharedRival SharedRivals SinePositions States Step StepGraph Steps SummedOverProcesses TARGET TARGETS",
            "TENSOR TENSORS THREADS TIME TIMES TOKENS TRIALS Task Tensor ThreadPoolExecutor TokenMeasure Tokenizer",
            "TorchDispatchMode TrainingError TypeAlias TypedColumn UNCAPTURED UNKNOWN UNREAD UNSAFE",
            "UnidentifiedImageError UnnotedError Update Updates VALUES VIEWS WEIGHT WHITES WHITEST WIDTH WORD Wanted",
            "Weighted Write Writer",
        )
    ).split()
)


def identifier(name: str, fallback: str) -> str:
    """``name`` as an ASCII identifier in lower case, ``fallback`` where nothing of it can be kept."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"\W+", "_", plain).strip("_")[:LONGEST].rstrip("_")
    if not slug:
        slug = fallback
    if slug[0].isdigit():
        slug = f"{fallback}_{slug}"
    if keyword.iskeyword(slug) or keyword.issoftkeyword(slug) or slug in TAKEN:
        slug = f"{slug}_"
    return slug


def identifiers(names: Iterable[tuple[str, str, str]], taken: Iterable[str] = ()) -> dict[str, str]:
    """Distinct identifiers for many (key, name, fallback), by key; one that comes again, or is taken, gets a number."""
    given: dict[str, str] = {}
    used = set(taken)
    for key, name, fallback in names:
        slug = base = identifier(name, fallback)
        number = 2
        while slug in used:
            slug = f"{base.rstrip('_')}_{number}"
            number += 1
        used.add(slug)
        given[key] = slug
    return given


def class_name(name: str, taken: Collection[str]) -> str:
    """``name`` as the name of a class in capitals (``ResidualBlock``) that is not ``taken``, nor a script's own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    base = "".join(word[0].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", plain))[:LONGEST]
    if not base or base[0].isdigit():
        base = f"Block{base}"
    if keyword.iskeyword(base) or base in SCRIPT_NAMES or hasattr(builtins, base):
        base = f"{base}Block"
    found, number = base, 2
    while found in taken:
        found = f"{base}{number}"
        number += 1
    return found


def output_names(nodes: Iterable[Node]) -> dict[str, str]:
    """What the outputs among the nodes of a graph are called in what the network gives and in figures, by node id."""
    found = identifiers((node.id, node.name, "output") for node in nodes if node.type == "output")
    # these stand in quotes, where a word of Python does no harm
    plain = {key: name.rstrip("_") or name for key, name in found.items()}
    return plain if len(set(plain.values())) == len(plain) else found
