"""The sidecar's commands. What they need is imported when they run, so that the others start without it."""

import click

from assistant_service.bench.command import search_command as bench_search_command
from assistant_service.bench.command_stream import stream_command as bench_stream_command
from assistant_service.commands import (
    administrators,
    ask,
    hosts,
    index,
    measure,
    measure_feedback,
    measure_guide,
    measure_redteam,
    search,
    serve,
    tenants,
)
from veranderkracht.cli import subgroup


def register(main: click.Group) -> None:
    """Add the commands to `veranderkracht`."""
    main.add_command(index.index_command)
    main.add_command(search.search_command)
    main.add_command(ask.ask_command)
    tenant = subgroup(main, "tenant", "Instellingen: toevoegen en tonen.")
    tenant.add_command(tenants.add_command)
    tenant.add_command(tenants.list_command)
    subgroup(main, "host", "Hosts (LMS of LTI-tool): hun publieke sleutels.").add_command(hosts.add_command)
    admin = subgroup(main, "admin", "Wie de assistent van een instelling beheert.")
    admin.add_command(administrators.invite_command)
    admin.add_command(administrators.account_command)
    subgroup(main, "serve", "Start een dienst.").add_command(serve.serve_command)
    bench = subgroup(main, "bench", "Meet hoe snel deze software is.")
    bench.add_command(bench_search_command)
    bench.add_command(bench_stream_command)
    evaluations = subgroup(main, "eval", "Meet hoe goed iets werkt.")
    evaluations.add_command(measure.retrieval_command)
    evaluations.add_command(measure.contributions_command)
    evaluations.add_command(measure_feedback.feedback_command)
    evaluations.add_command(measure_guide.guide_command)
    evaluations.add_command(measure_redteam.redteam_command)
