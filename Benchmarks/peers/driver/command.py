"""The command line of compare.py."""

import argparse
import os
import pathlib
import signal
import sys

from . import comparison, models, reports, tables
from . import install as installer
from .catalogue import DEFAULT_MODEL, ENVIRONMENTS, PEERS, ROOT, cache_folder, form_name
from .errors import CompareError
from .works import WORKS, named


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def names(text):
    return [name for name in text.split(",") if name]


def parser():
    top = argparse.ArgumentParser(
        prog="compare.py", description="Compares spyre with other engines on the same work, in alternating runs.")
    top.add_argument("--peers-dir", metavar="DIR",
                     help="where peers and their model files are kept (default: $SPYRE_PEERS or ~/.cache/spyre/peers)")
    commands = top.add_subparsers(dest="command", required=True)

    listing = commands.add_parser("list", help="peers, works and what is installed")
    listing.set_defaults(run=run_list)

    install = commands.add_parser("install", help="install peers; goes on where it was interrupted")
    install.add_argument("peers", nargs="+", metavar="PEER", choices=sorted(ENVIRONMENTS),
                         help=", ".join(ENVIRONMENTS))
    install.add_argument("--python", default=sys.executable, help="makes the environments (default: this one)")
    install.set_defaults(run=run_install)

    models = commands.add_parser("models", help="make the forms of the default model that peers read (1.3 GB)")
    models.add_argument("--model", type=pathlib.Path, default=DEFAULT_MODEL,
                        help="its GGUF file (default: %(default)s)")
    models.set_defaults(run=run_models)

    run = commands.add_parser("run", help="alternate spyre and peers, print one table of ratios")
    run.add_argument("--peers", type=names, default=[],
                     help=f"of {', '.join(PEERS)} (default: what is installed)")
    run.add_argument("--work", type=names, default=["all"],
                     help=f"of {', '.join(WORKS)}, gemm, gemm:DTYPE:MxNxK, all (default: all)")
    run.add_argument("--files", type=names, default=[], help="of bf16, q8_0, q4_1, q4_0 (default: all)")
    run.add_argument("--pairs", type=positive, default=7, help="(default: %(default)s)")
    run.add_argument("--repeat", type=positive, default=1, help="counted repeats inside each run (default: %(default)s)")
    run.add_argument("--again", type=int, default=2, metavar="N",
                     help="run a pair that others disturbed up to N times more (default: %(default)s)")
    run.add_argument("--threads", type=positive, default=2, help="(default: %(default)s)")
    run.add_argument("--spyre", default=str(ROOT / ".build" / "release" / "spyre"), help="(default: %(default)s)")
    run.add_argument("--model", type=pathlib.Path, default=DEFAULT_MODEL,
                     help="the default model's GGUF file (default: %(default)s)")
    run.add_argument("--python", help="an interpreter that has the peers, in place of the installed environments")
    run.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="wait so long for a quiet machine")
    run.add_argument("--require-quiet", action="store_true", help="end when the machine is not quiet")
    form = run.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line: the machine, then a result each")
    form.add_argument("--markdown", action="store_true", help="tables as the README has them")
    run.add_argument("--save", type=pathlib.Path, metavar="FILE", help="also write the JSON lines there, as they come")
    run.add_argument("--quiet", action="store_true", help="no progress on standard error")
    run.set_defaults(run=run_comparison)

    show = commands.add_parser("show", help="print tables of saved results")
    show.add_argument("files", nargs="+", type=pathlib.Path, metavar="FILE", help="what run --save wrote")
    show.add_argument("--markdown", action="store_true", help="tables as the README has them")
    show.set_defaults(run=run_show)
    return top


def run_list(options):
    cache = cache_folder(options.peers_dir)
    for peer in PEERS.values():
        state = "installed" if installer.is_installed(cache, peer.environment) else f"install {peer.environment}"
        print(f"{peer.name:16} {state:20} {', '.join(map(form_name, peer.files or peer.dtypes))}")
    print()
    for work in (*WORKS.values(), *named(["gemm"])):
        print(f"{work.name:32} {work.title}, {work.unit}")


def run_install(options):
    for name in options.peers:
        installer.install(cache_folder(options.peers_dir), name, options.python)


def run_models(options):
    models.make(cache_folder(options.peers_dir), options.model.expanduser())


def run_comparison(options):
    options.model = options.model.expanduser()
    description, results, errors = comparison.run(options, cache_folder(options.peers_dir))
    if not options.json:
        print_tables(description, results, options.markdown)
    if errors:
        raise CompareError("; ".join(map(str, errors)))


def run_show(options):
    read = [reports.read(path) for path in options.files]
    results = [result for _, part in read for result in part]
    if not results:
        raise CompareError(f"{', '.join(map(str, options.files))}: no results in there")
    print_tables(read[-1][0], results, options.markdown)


def print_tables(description, results, markdown):
    titles = {name: peer.title for name, peer in PEERS.items()}
    print(tables.markdown(results, titles) if markdown else tables.text(results, titles))
    print("\n" + tables.caption(description, results))


def main(arguments=None):
    options = parser().parse_args(arguments)
    # Ended like Ctrl-C, so that no worker stays behind, stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options.run(options)
        sys.stdout.flush()
        return 0
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except CompareError as error:
        print(f"compare.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("compare.py: interrupted", file=sys.stderr)
        return 130
