"""
E-mail of the service: mail becomes messages of cases, and notices become mail.

Pure: `headers` and `mime` take bytes apart · `hypertext` HTML to text · `files` attachments · `read` bytes -> Mail ·
`loops` why no automatic answer goes out · `quotes` what was written, without what was quoted · `tongue` in which language ·
`threads` signed addresses and Message-IDs, which case a mail belongs to · `letters` what we write · `write` a letter -> bytes.
"""
