"""A small worksheet and a small scan for tests of the rules."""

from veranderkracht.toolkit.model import ScanTool, WorksheetTool

WORKSHEET = WorksheetTool.model_validate(
    {
        "kind": "worksheet",
        "slug": "kaart",
        "version": 1,
        "title": "Kaart van betrokkenen",
        "summary": "Wie hoort erbij?",
        "minutes": 20,
        "how": "Vul in met je team.",
        "parts": [
            {
                "id": "thema",
                "title": "Het thema",
                "fields": [
                    {"id": "titel", "kind": "line", "label": "Waarover gaat het?", "required": True},
                    {"id": "waarom", "kind": "text", "label": "Waarom nu?"},
                    {"id": "uren", "kind": "number", "label": "Uren per week", "maximum": 38, "unit": "uur"},
                    {"id": "start", "kind": "date", "label": "Wanneer begin je?"},
                ],
            },
            {
                "id": "mensen",
                "title": "De betrokkenen",
                "layout": "list",
                "row": "betrokkene",
                "min_rows": 1,
                "max_rows": 3,
                "fields": [
                    {"id": "wie", "kind": "line", "label": "Wie?", "required": True},
                    {
                        "id": "rol",
                        "kind": "choice",
                        "label": "Welke rol?",
                        "options": [{"id": "meedenker", "text": "Meedenker"}, {"id": "partner", "text": "Partner"}],
                    },
                    {
                        "id": "steun",
                        "kind": "scale",
                        "label": "Hoeveel steun?",
                        "scale": {"points": 5, "labels": ["geen", "veel"]},
                    },
                ],
            },
        ],
    }
)

SCAN = ScanTool.model_validate(
    {
        "kind": "scan",
        "slug": "klimaat",
        "version": 1,
        "title": "Veranderklimaat",
        "summary": "Hoe klaar zijn jullie?",
        "minutes": 8,
        "how": "Antwoord zoals het nu is.",
        "scale": {"points": 5, "labels": ["helemaal niet", "helemaal wel"]},
        "layers": [{"id": "team", "title": "Team"}, {"id": "leiding", "title": "Leiding"}],
        "themes": [
            {
                "id": "ruimte",
                "title": "Ruimte",
                "summary": "Mag er iets mislukken?",
                "items": [
                    {"id": "proberen", "text": "Wij mogen iets proberen."},
                    {"id": "straf", "text": "Wie een fout maakt, hoort het nog lang.", "reverse": True},
                    {"id": "tijd", "text": "Er is tijd om na te denken."},
                ],
                "advice": [{"below": 3, "text": "Begin *klein*."}, {"text": "Ga door."}],
            },
            {
                "id": "richting",
                "title": "Richting",
                "summary": "Weet iedereen waarheen?",
                "items": [{"id": "doel", "text": "Wij kennen het doel."}, {"id": "keuze", "text": "Wij kiezen."}],
                "advice": [{"text": "Praat erover."}],
            },
        ],
    }
)
