"""The administration's pages, all together, for the app."""

from lti_tool import (
    admin_connecting,
    admin_invites,
    admin_log,
    admin_platforms,
    admin_sign_in,
    admin_testing,
)

BLUEPRINTS = (
    admin_sign_in.blueprint,
    admin_sign_in.ends,
    admin_platforms.blueprint,
    admin_connecting.blueprint,
    admin_testing.blueprint,
    admin_log.blueprint,
    admin_invites.blueprint,
)
