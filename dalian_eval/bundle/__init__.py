"""The offline bundle: one zip per platform that installs without network; made, opened, used."""
