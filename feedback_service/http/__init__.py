"""
The service's HTTP: what readers post, the requester's own page, and what every route shares.

`app` the routes and the table of errors · `server` uvicorn with deadlines · `guard` who may speak to us, headers of all answers ·
`public` posts · `case_page` the requester's page · `bodies` what was posted · `answers` JSON or a page · `service` what routes share.
Other rooms hand their routes to `make_app(service, more)`; `service_of(request)` gives them the store, the manifest and the clock.
"""
