"""Files that people give: checked, kept, attached to things, sent to who may have them."""
