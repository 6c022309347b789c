"""
Rules of events: if this happens to a case like that, then set so.  Pure: what a rule does is what the domain's acts return.

`nouns` a rule, its conditions and acts · `file` the reviewed TOML file · `words` how words are found in a text ·
`follow` what follows an act: clocks, then rules, until nothing is left to say · `trial` what rules would have done to past cases.
"""

from __future__ import annotations

from feedback_service.rules.nouns import NO_RULES, Directory, Rule, Rules

__all__ = ["NO_RULES", "Directory", "Rule", "Rules"]
