"""并排比较: two to four candidates of one list beside each other, by item and clause."""
