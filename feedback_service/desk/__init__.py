"""
The agents' desk: pages that the server writes, which work without script, and small scripts on top.

`views`, `boards` what each page shows · `words` the five languages · `render` a view to HTML · `charts` figures to lines and bars ·
`suggest` which articles may answer a case · `routes` the addresses.
"""
