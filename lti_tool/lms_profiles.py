"""What each LMS wants to know of this tool, in its own words, and what its addresses look like: data, no behaviour.

Every value with its source stands in docs/lms/ (a page per LMS, with the version that was read).
"""

from dataclasses import replace

from lti_tool.lms_profile import JWKS, LAUNCH, LOGIN, Addresses, Profile, Value
from veranderkracht.languages import later

STEP = "module=samen-kijken\nstep=eigen-praktijk"
STEP_IN_STUDIO = '["module=samen-kijken", "step=eigen-praktijk"]'

_MOODLE = Profile(
    slug="moodle",
    name="Moodle",
    where=later(
        "Sitebeheer › Plugins › Activiteitenmodules › Externe tool › Beheer tools › een tool manueel configureren"
    ),
    values=(
        Value(later("Tool-naam (Tool name)"), "text", "Veranderkracht"),
        Value(later("Tool-URL (Tool URL)"), LAUNCH),
        Value(later("LTI-versie (LTI version)"), "text", "LTI 1.3"),
        Value(
            later("Openbare sleutelset (Public keyset)"),
            JWKS,
            note=later("Kies als type openbare sleutel: Sleutelset-URL."),
        ),
        Value(later("Inlog-URL initiëren (Initiate login URL)"), LOGIN),
        Value(later("Redirect URI('s) (Redirection URI(s))"), LAUNCH),
        Value(
            later("Toestemmingsselectie-URL (Content Selection URL)"),
            LAUNCH,
            note=later("Vink eerst ‘Ondersteunt Deep Linking’ aan."),
        ),
    ),
    back={
        "issuer": "Platform-ID",
        "client_id": "Client ID",
        "deployments": later("Implementatie-ID (Deployment ID)"),
        "auth_url": later("Verificatie-aanvraag-URL (Authentication request URL)"),
        "token_url": later("Toegang token URL (Access token URL)"),
        "jwks_url": later("Publieke sleutelset URL (Public keyset URL)"),
    },
    at=Addresses("{lms}", "{lms}/mod/lti/auth.php", "{lms}/mod/lti/token.php", "{lms}/mod/lti/certs.php"),
    deployment=later("een getal, zoals 7"),
    hints=(
        later("Bewaar in Moodle, en kies op de kaart van de tool ‘Bekijk configuratiegegevens’: daar staat het."),
        later("Zet bij ‘Diensten’ de Assignment and Grade Services op ‘synchronisatie van cijfers en kolombeheer’."),
    ),
)
_CANVAS = Profile(
    slug="canvas",
    name="Canvas",
    where=later("Admin › je account › Developer Keys › + Developer Key › + LTI Key, met Method: Manual Entry"),
    values=(
        Value("Key Name, Title, Description", "text", "Veranderkracht"),
        Value("Redirect URIs", LAUNCH),
        Value("Target Link URI", LAUNCH),
        Value("OpenID Connect Initiation Url", LOGIN),
        Value("Public JWK URL", JWKS, note=later("Kies bij JWK Method: Public JWK URL.")),
        Value(
            later("Placements: Assignment Selection en Link Selection"),
            LAUNCH,
            note=later("Beide met Message Type LtiDeepLinkingRequest; dit is hun Target Link URI."),
        ),
    ),
    back={
        "client_id": later("Het lange getal in de kolom Details"),
        "deployments": later("Deployment ID (het tandwiel naast de app)"),
        "frame_origins": later("Het adres dat je gebruikers zien"),
    },
    at=Addresses(
        "https://canvas.instructure.com",
        "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "https://sso.canvaslms.com/login/oauth2/token",
        "https://sso.canvaslms.com/api/lti/security/jwks",
    ),
    deployment=later("een getal, een dubbelpunt en een lange code, zoals 123:0a1b2c…; neem alles mee"),
    hints=(
        later(
            "Zet de sleutel daarna op ON. Voeg de app toe bij Settings › Apps › + App, "
            "Configuration Type ‘By Client ID’."
        ),
        later("Zet alle LTI Advantage Services over punten en cursusleden aan. Privacy Level ‘Anonymous’ volstaat."),
    ),
    frame=True,
    address=False,
)
_CANVAS_OTHER = tuple(
    replace(
        _CANVAS,
        slug=f"canvas-{which}",
        variant=name,
        at=Addresses(
            f"https://canvas.{which}.instructure.com",
            f"https://sso.{which}.canvaslms.com/api/lti/authorize_redirect",
            f"https://sso.{which}.canvaslms.com/login/oauth2/token",
            f"https://sso.{which}.canvaslms.com/api/lti/security/jwks",
        ),
    )
    for which, name in (("beta", later("de beta-omgeving")), ("test", later("de testomgeving")))
)
_CANVAS_OWN = replace(
    _CANVAS,
    slug="canvas-own",
    variant=later("een eigen server"),
    at=Addresses(
        "https://canvas.instructure.com",
        "{lms}/api/lti/authorize_redirect",
        "{lms}/login/oauth2/token",
        "{lms}/api/lti/security/jwks",
    ),
    back={
        **_CANVAS.back,
        "issuer": later("lti_iss in config/security.yml (ongewijzigd: https://canvas.instructure.com)"),
    },
    address=True,
)
_BRIGHTSPACE = Profile(
    slug="brightspace",
    name="Brightspace",
    where=later("Admin Tools › Manage Extensibility › LTI Advantage › Register Tool › Standard"),
    values=(
        Value("Name", "text", "Veranderkracht"),
        Value("Domain", "base"),
        Value("Redirect URLs", LAUNCH),
        Value("OpenID Connect Login URL", LOGIN),
        Value("Target Link URI", LAUNCH),
        Value("Keyset URL", JWKS),
        Value(
            "URL", LAUNCH, note=later("Van de link die je na het deployment maakt, met Type: Deep Linking Quicklink.")
        ),
    ),
    back={
        "issuer": "Issuer",
        "client_id": "Client Id",
        "deployments": "Deployment Id",
        "auth_url": "OpenID Connect Authentication Endpoint",
        "token_url": "Brightspace OAuth2 Access Token URL",
        "jwks_url": "Brightspace Keyset URL",
        "token_audience": "Brightspace OAuth2 Audience",
    },
    at=Addresses(
        "{lms}",
        "{lms}/d2l/lti/authenticate",
        "https://auth.brightspace.com/core/connect/token",
        "{lms}/d2l/.well-known/jwks",
        "https://api.brightspace.com/auth/token",
    ),
    deployment=later("letters en cijfers met streepjes"),
    hints=(
        later(
            "Vink drie extensies aan: Assignment and Grade Services, Deep Linking, "
            "Names and Role Provisioning Services."
        ),
        later("Maak daarna een deployment (View Deployments › New Deployment) en kopieer zijn Deployment Id."),
        later("Vink in het deployment Anonymous niet aan: dan valt de rol in de cursus weg, en komt niemand binnen."),
    ),
)
_BLACKBOARD = Profile(
    slug="blackboard",
    name="Blackboard",
    where=later("developer.blackboard.com › Register a REST or LTI application: één keer, voor alle scholen samen"),
    values=(
        Value("Application Name", "text", "Veranderkracht"),
        Value("Domain(s)", "host"),
        Value("Login Initiation URL", LOGIN),
        Value("Tool Redirect URL(s)", LAUNCH),
        Value("Tool JWKS URL", JWKS),
        Value("Signing Algorithm", "text", "RS256"),
        Value(
            "Target link URI",
            LAUNCH,
            note=later("Van het placement (Manage Placements › Register), met Type: Deep Linking content tool."),
        ),
    ),
    back={
        "client_id": later("Application ID (voor een school: Client ID)"),
        "deployments": "Deployment ID (Admin › LTI Tool Providers)",
        "frame_origins": later("Het adres dat gebruikers van de school zien"),
    },
    at=Addresses(
        "https://blackboard.com",
        "https://developer.blackboard.com/api/v1/gateway/oidcauth",
        "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
        "https://developer.blackboard.com/api/v1/management/applications/{client_id}/jwks.json",
    ),
    deployment=later("letters en cijfers met streepjes; elke school heeft een eigen"),
    hints=(
        later("Een school geeft enkel haar Deployment ID en haar adres terug."),
        later("Staat de Application ID hier al, voeg het deployment dan bij die leeromgeving toe."),
        later(
            "Op de school: Tool Status op Approved, ‘Role in Course’ aan, en beide services (grade, Membership) op Yes."
        ),
    ),
    frame=True,
    address=False,
)
_SAKAI = Profile(
    slug="sakai",
    name="Sakai",
    where=later("Administration Workspace › External Tools (LTI) › Install LTI Tool"),
    values=(
        Value("Tool Title", "text", "Veranderkracht"),
        Value("Launch URL (1.1) / Target Link URI (1.3)", LAUNCH),
        Value("LTI 1.3 Tool OpenID Connect/Initialization Endpoint", LOGIN),
        Value("LTI 1.3 Tool Redirect Endpoint(s)", LAUNCH),
        Value("LTI 1.3 Tool Keyset / JWK URL", JWKS),
    ),
    back={
        "issuer": "LTI 1.3 Platform Issuer",
        "client_id": "LTI 1.3 Client ID",
        "deployments": "LTI 1.3 Deployment Id",
        "auth_url": "LTI 1.3 LMS OIDC Endpoint URL",
        "token_url": "LTI 1.3 LMS OAuth Token URL",
        "jwks_url": "LTI 1.3 LMS Keyset URL",
    },
    at=Addresses("{lms}", "{lms}/imsoidc/lti13/oidc_auth", "", "{lms}/imsblis/lti13/keyset"),
    deployment=later("meestal 1"),
    hints=(
        later("De Token URL eindigt op het nummer van je tool: neem ze over uit Sakai."),
        later(
            "Zet ‘Allow External Tool to return grades’ én ‘create grade columns’ aan; anders weigert Sakai elke score."
        ),
    ),
)
_OPENEDX = Profile(
    slug="openedx",
    name="Open edX",
    where=later("Studio › je onderdeel › LTI Consumer › Edit, tabs Setup en Advantage Settings"),
    values=(
        Value("Launch URL", LAUNCH),
        Value("Tool Initiate Login URL (OIDC)", LOGIN),
        Value("Registered Redirect URIs", "redirects", note=later("Haakjes en aanhalingstekens horen erbij.")),
        Value("Deep Linking Launch URL", LAUNCH),
        Value("Tool Keyset URL", JWKS, note=later("Kies bij Tool Public Key Mode: Keyset URL.")),
        Value(
            "Tool Public Key",
            "pem",
            note=later("Enkel zonder Keyset URL. Plak haar opnieuw telkens wij een nieuwe sleutel nemen."),
        ),
        Value(
            "Custom Parameters",
            "text",
            STEP_IN_STUDIO,
            note=later("Enkel zonder Deep Linking: zo zegt het onderdeel welke stap het opent."),
        ),
    ),
    back={
        "issuer": later("Het adres van het LMS (Studio toont het niet)"),
        "client_id": "Client ID",
        "deployments": "Deployment ID",
        "auth_url": "Login URL",
        "token_url": "Access Token URL",
        "jwks_url": "Keyset URL",
        "frame_origins": later("Het adres in de adresbalk als je de cursus leest, en dat van Studio"),
    },
    at=Addresses("{lms}", "{lms}/api/lti_consumer/v1/launch/"),
    deployment=later("meestal 1"),
    hints=(
        later("Publiceer het onderdeel: daarna toont het de waarden. Token URL en Keyset URL eindigen op een code."),
        later("Elk LTI-onderdeel heeft een eigen Client ID. Voor veel stappen is LTI Store handiger: één koppeling."),
    ),
    frame=True,
)
_OTHER = Profile(
    slug="other",
    name=later("Een andere leeromgeving"),
    where=later("Zoek in je leeromgeving naar LTI 1.3 of LTI Advantage"),
    values=(
        Value("Login URL, Initiate login URL, OIDC login", LOGIN),
        Value("Launch URL, Tool URL, Target link URI", LAUNCH),
        Value("Redirect URI", LAUNCH),
        Value("JWKS URL, Public keyset URL", JWKS),
        Value("Deep Linking URL", LAUNCH, note=later("Daarmee kiest een docent activiteiten vanuit de cursus.")),
        Value(
            later("Publieke sleutel (PEM)"),
            "pem",
            note=later("Enkel zonder JWKS URL. Plak haar opnieuw telkens wij een nieuwe sleutel nemen."),
        ),
        Value(
            later("Custom parameters van een link"),
            "text",
            STEP,
            note=later("Enkel zonder Deep Linking: zo zegt de link welke stap hij opent."),
        ),
    ),
    back={},
    address=False,
)

PROFILES = {
    profile.slug: profile
    for profile in (
        *(_MOODLE, _CANVAS, *_CANVAS_OTHER, _CANVAS_OWN, _BRIGHTSPACE, _BLACKBOARD, _SAKAI, _OPENEDX, _OTHER),
    )
}
