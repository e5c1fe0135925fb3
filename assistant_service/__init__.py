"""The sidecar: one Flask app with the tenants' knowledge, feedback and events.

A room adds a tuple `ENDPOINTS` (`api.Endpoint`) that `app.py` lists; its handler gets an `api.Call` with the verified
`caller`, the `body` as a pydantic model and `services` (`settings`, `database.read()`/`write()`, `knowledge.search(…)`,
`clock`). Tables go on `tables.Base` with a migration that follows the last; `callers.verify_snapshot` opens a host's
snapshot, and `notice.is_accepted` and `notice.show` tell whether a person may be helped.
"""
