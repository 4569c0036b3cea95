"""One candidate's account: the statement page, the losses, the explanation in the terminal."""
