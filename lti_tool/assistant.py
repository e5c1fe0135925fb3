"""The tool's own call to the assistant besides its events: forget a learner (docs/contracts.md, §5)."""

import requests

from lti_tool.ags import Outcome

SECONDS = 10.0


def delete_learner(url: str, token: str, learner: str) -> Outcome:
    """Have the assistant forget a learner; never raises for what it does. Asking again is safe.

    Args:
        url: the assistant's base address.
        token: a host's server token with scope `learners`.
        learner: the pseudonym.
    """
    try:
        response = requests.delete(
            f"{url}/v1/learners/{learner}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as fault:
        return Outcome("again", f"De assistent antwoordt niet ({type(fault).__name__}).")
    if response.status_code in (200, 202, 204):
        return Outcome("sent")
    if response.status_code in (404, 405, 501):
        return Outcome(
            "again", f"De assistent kan een lerende nog niet vergeten (status {response.status_code}). Werk hem bij."
        )
    return Outcome("again", f"De assistent deed het niet (status {response.status_code}).")
