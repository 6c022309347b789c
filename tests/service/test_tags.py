"""Tags in scripts whose words hold signs that are not seen."""

from __future__ import annotations

import pytest
from service.made import Story, at

from feedback_service.domain.acts import set_tags
from feedback_service.domain.refused import RefusedError


@pytest.mark.parametrize(
    ("tag", "is_right"), [("پس\u200cگرفتن", True), ("a\u200cb", False), ("\u200cپس", False), ("پس\u200c\u200cگ", False)]
)
def test_a_joiner_belongs_into_tags_of_scripts_that_join(tag, is_right):
    """Persian words keep the sign between their parts; where it joins nothing, it hides one tag behind another."""
    if is_right:
        assert Story().do(set_tags, at(1), [tag]).case.tags == (tag,)
    else:
        with pytest.raises(RefusedError) as caught:
            Story().do(set_tags, at(1), [tag])

        assert caught.value.reason == "bad_tag"
