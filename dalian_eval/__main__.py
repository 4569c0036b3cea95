"""`python -m dalian_eval`: the command, also where an environment has been moved."""

from dalian_eval.cli import main

if __name__ == "__main__":
    main()
