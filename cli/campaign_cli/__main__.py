"""`python -m campaign_cli`, where the console script is not on the path."""

from campaign_cli.main import cli

if __name__ == "__main__":
    cli()
