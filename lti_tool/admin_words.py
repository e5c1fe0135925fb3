"""How the administration says things: what stands in the audit log, and how a launch came in."""

ACTS = {
    "registration-added": "voegde een leeromgeving toe",
    "registration-changed": "wijzigde een leeromgeving",
    "registration-renewed": "bracht een leeromgeving bij",
    "deployment-added": "voegde een deployment toe",
    "deployment-removed": "verwijderde een deployment",
    "deployment-switched-off": "zette een deployment uit",
    "deployment-switched-on": "zette een deployment weer aan",
    "deployment-accepted": "aanvaardde een deployment",
    "connection-tested": "testte een verbinding",
    "invite-made": "maakte een uitnodiging",
    "invite-withdrawn": "trok een uitnodiging in",
    "admin-link-made": "maakte een aanmeldlink",
    "admin-signed-in": "meldde zich aan",
    "admin-signed-out": "meldde zich af",
    "admin-signed-out-everywhere": "meldde zich overal af",
    "learner-exported": "exporteerde de gegevens van een lerende",
    "learner-forgotten": "wiste de gegevens van een lerende",
    "retention-changed": "veranderde de bewaartermijn",
    "retention-cleaned": "wiste wie lang wegbleef",
}
WAYS = {
    "cookie": "in het kader, met een cookie",
    "storage": "in het kader, via de opslag van de leeromgeving",
    "window": "in een nieuw venster",
}


def way(code: str) -> str:
    """Give in words how a launch came in."""
    return WAYS.get(code, code)


def act(code: str) -> str:
    """Give an act of the audit log in words; the code itself where there are none."""
    return ACTS.get(code, code)
