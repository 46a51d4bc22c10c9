"""The prompts: one Markdown file each, with a name and a version that are stored with the answer."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template


@dataclass(frozen=True, kw_only=True)
class Prompt:
    name: str
    version: str
    template: Template

    def render(self, **values: str) -> str:
        """Fill every `$name`; a missing or an unused value is an error, so that none goes astray."""
        unused = values.keys() - set(self.template.get_identifiers())
        if unused:
            raise KeyError(f"prompt {self.name} has no place for {', '.join(sorted(unused))}")
        return self.template.substitute(values)


@cache
def load(name: str) -> Prompt:
    """Read `bot/prompts/<name>.md`: lines `version: …` and `---`, then the text."""
    head, _, text = (files(__name__) / f"{name}.md").read_text("utf-8").partition("\n---\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return Prompt(name=name, version=fields["version"], template=Template(text.strip()))
