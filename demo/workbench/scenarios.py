"""The workbench's scenarios: the map, and each step at `/scenario/vk.<step>/` or `vk.<module>.<step>`."""

from workbench import scenarios

from veranderkracht.modules.library import Library
from xblocks import olx

MAP = "routekaart"
FIRST = "samen-kijken"  # its steps go by their own names alone
SEPARATOR = " | "  # in a description, between the module's title and the step's


def load() -> None:
    """Put the scenarios in place of all others; their usage keys, and so people's work, stay the same every time."""
    scenarios.SCENARIOS.clear()
    scenarios.get_scenarios.initialized = True  # or the workbench would load those of every installed block
    scenarios.WORKBENCH_KVS.prep_for_scenario_loading()
    scenarios.add_xml_scenario(f"vk.{MAP}", MAP, "<vk_route/>")
    title = Library.installed().route().title
    scenarios.SCENARIOS[f"vk.{MAP}"] = scenarios.SCENARIOS[f"vk.{MAP}"]._replace(description=f"Route{SEPARATOR}{title}")
    for module in sorted(Library.installed().modules(), key=lambda module: module.slug != FIRST):
        for step in module.steps:
            name = f"vk.{step.id}" if module.slug == FIRST else f"vk.{module.slug}.{step.id}"
            # Usage keys are made of this description: of what is permanent, not of a title that an author may change.
            block = olx.element(f"vk_{step.kind}", module.slug, step.id)
            scenarios.add_xml_scenario(name, f"{module.slug} {step.id}", block)
            scenarios.SCENARIOS[name] = scenarios.SCENARIOS[name]._replace(
                description=f"{module.title}{SEPARATOR}{step.title}"
            )
