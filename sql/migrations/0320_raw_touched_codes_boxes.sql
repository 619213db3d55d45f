-- What is in a case or pallet that is counted or received anew is judged too, where it was handled apart from it.
ALTER TABLE raw_touched_codes {{on_cluster}}
    COMMENT COLUMN step 'how: scanned; moved (shipped or packed); box (a case or pallet handled as such); container, outer = what it is or was in, and that in turn; content, inner = what is or was in it; boxed = what is or was in a box, and was handled itself';
