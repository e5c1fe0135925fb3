"""The workbench's scenarios: one for each step of the module `samen-kijken`, at `/scenario/vk.<step>/`."""

from workbench import scenarios

from veranderkracht.modules.library import Library
from xblocks import olx

MODULE = "samen-kijken"


def load() -> None:
    """Put the scenarios in place of all others; their usage keys, and so people's work, stay the same every time."""
    module = Library.installed().module(MODULE)
    scenarios.SCENARIOS.clear()
    scenarios.get_scenarios.initialized = True  # or the workbench would load those of every installed block
    scenarios.WORKBENCH_KVS.prep_for_scenario_loading()
    for step in module.steps:
        name = f"vk.{step.id}"
        # Usage keys are made of this description: of what is permanent, not of a title that an author may change.
        scenarios.add_xml_scenario(name, f"{MODULE} {step.id}", olx.element(f"vk_{step.kind}", MODULE, step.id))
        scenarios.SCENARIOS[name] = scenarios.SCENARIOS[name]._replace(description=step.title)
