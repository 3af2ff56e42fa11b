"""What texts that are written for a language model ask for, as patterns (sprintlib.knowledge.injection).

Each asks for something that only a program which reads, answers or summarises could do; wording, order and politeness
are left open. They were written from the seen part of published attacks and judged on texts that were not looked at
(docs/risks.md).
"""

import re
from functools import cache
from typing import NamedTuple

_MODEL = (
    r"(?:ai|a\.i\.|llms?|gpt|chatgpt|language models?|ai (?:model|agent|reviewer|tool)s?|assistants?|chat ?bots?"
    r"|summari[sz]ers?)"
)
_LANGUAGE = (
    r"(?:french|spanish|german|italian|portuguese|dutch|polish|russian|chinese|mandarin|japanese|korean|arabic|hindi"
    r"|latin|greek|turkish|swedish|hebrew|klingon|pirate)"
)
# Where an order begins: a sentence, a list entry, a capital letter, or what politeness puts before it.
_START = (
    r"(?:(?:^|[.!?:;\n>*\-\"'(\]])\s*|\s(?=(?-i:[A-Z])))(?:(?:please|kindly|now|then|next|also|always|instead|first"
    r"|finally|simply|just|can you|could you|be sure to|make sure to|remember to|do not forget to|don't forget to"
    r"|don't hesitate to|feel free to|consider|you (?:must|should|shall|will|need to|have to)|(?:keep"
    r"|bear) in mind to)\b[\s,]*){0,3}"
)
_EDIT = (
    r"(?:add|adjust|alter|anagram|answer|append|apply|attach|augment|begin|blend|capitali[sz]e|change|combine|compose"
    r"|conclude|convert|craft|deliver|do not|don't|embed|employ|encode|encourage|encrypt|end|endorse|enhance|enrich"
    r"|ensure|exchange|express|fill|finish|format|generate|give|group|hide|highlight|imbue|include|incorporate|infuse"
    r"|inject|insert|integrate|introduce|invert|invite|join|jumble|limit|link|mention|merge|mirror|misspell|mix"
    r"|modify|never|obfuscate|obscure|offer|omit|only|output|overlay|phrase|place|preface|prefix|present|print"
    r"|produce|promote|provide|put|randomi[sz]e|rearrange|recommend|reconstruct|remove|render|reorder|repeat|rephrase"
    r"|replace|respond|return|reverse|reword|rewrite|run|say|scramble|separate|shift|shorten|shuffle|spell|split"
    r"|sprinkle|start|state|strip|substitute|suffix|suggest|swap|switch|tell|transform|translate|turn|twist|type|use"
    r"|utili[sz]e|weave|wrap|write)"
)
_ANSWER = r"(?:own |next |final |last |whole |entire |full )?(?:answers?|responses?|repl(?:y|ies)|output|message)"
_CODE = (
    r"(?:following|subsequent|below|next|attached|accompanying|given)\s+(?:\w+\s+)?(?:code|script"
    r"|program)(?:\s+(?:snippet|excerpt|block|section|segment|portion|fragment|piece|line|sample))?s?"
)
_INTO = (
    r"(?:your|the code you|the \w+ you (?:are|will))\s*(?:\w+\s+){0,2}(?:code(?:base)?|response|answer|reply|solution"
    r"|implementation|algorithm|program|project|software|explanation|elucidation|output|application|script"
    r"|development|system|work)"
)
_PUT_IN = (
    r"(?:absorb|adopt|append|assimilate|blend|combine|embed|fuse|harmoni[sz]e|incorporate|infuse|inject|insert"
    r"|integrate|interweave|meld|merge|weave|inclusion of|integration of|presence of|addition of)(?:ing|s|d)?"
)
_WITHIN = r"(?:[^.\n!?]|[.!?](?=[^\s]))"  # of a sentence; a dot inside a host name does not end it
_PRIVATE = (
    r"(?:api keys?|credentials?|environment variables?|env vars|access tokens?|auth tokens?|passwords?|private keys?"
    r"|session cookies?|\.env\b|github_token|ssh keys?)"
)


class Ask(NamedTuple):
    """One thing that is asked for. needs: a text that has none of some group's pieces cannot match, which is quick."""

    asks: str
    needs: tuple[str, ...]
    written: str

    @property
    def pattern(self) -> re.Pattern[str]:
        return _compiled(self.written)

    def search(self, text: str, lower: str) -> re.Match[str] | None:
        if all(any(piece in lower for piece in group.split("|")) for group in self.needs):
            return self.pattern.search(text)
        return None


def _ask(asks: str, needs: str, pattern: str) -> Ask:
    return Ask(asks, tuple(needs.split(" & ")), pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when a text has what it needs: all of them would take a sixth of the time of every start."""
    return re.compile(pattern, re.I)


IGNORE, ROLE = "ignore earlier instructions", "take on another role"
VOICE, SPEAKS = "pose as the system or as a model", "address an AI assistant"
SECRETS, KEEP = "reveal secrets or its own instructions", "keep something from its readers"
SHAPE, TASK = "answer in another shape", "do another task"
VERDICT, LINK, CODES = (
    "report a verdict",
    "put a link or an image into an answer",
    "put code of its own into an answer",
)
_MODELS = "ai|a.i.|llm|gpt|language model|assistant|bot|summari"

# Each alone is enough.
ASKS = (
    _ask(
        IGNORE,
        "ignor|disregard|forget|neglect|overrid|bypass|discard|follow|obey|attention"
        " & instruction|prompt|direct|guideline|orders|training|programming",
        r"\b(?:ignor(?:e|ing)|disregard|forget|neglect|override|bypass|discard|do not (?:follow|obey)"
        r"|don't (?:follow|obey)|stop (?:following|obeying)|pay no attention to)\b[^.\n]{0,40}\b(?:previous|prior"
        r"|above"
        r"|earlier|preceding|foregoing|all|any|your|these|those|system|original|initial|other)\b[^.\n]{0,30}"
        r"\b(?:instructions?|prompts?|directions?|directives?|guidelines?|orders|training|programming)\b",
    ),
    _ask(
        IGNORE,
        "ignore|disregard|forget & rule|context|message|text|polic|command|task|request|conversation",
        _START + r"(?:ignore|disregard|forget)\s+(?:all\s+|any\s+)?(?:the\s+|your\s+)?(?:previous|prior|above|earlier"
        r"|preceding|system)\s+(?:rules?|context|messages?|text|polic|commands?|tasks?|requests?|conversation)",
    ),
    _ask(
        IGNORE,
        "ignore|disregard|forget & thing|all",
        _START + r"(?:forget|ignore|disregard)\s+(?:everything|anything|all)(?:\s+(?:that\s+)?(?:you|i|we|was|is|has"
        r"|came|comes|above|before|said|else|prior|previous)\b|\s*[.!,])",
    ),
    _ask(
        IGNORE,
        "ignor|negeer|игнорир|忽|无视|忘记|無視|무시",
        r"\bignorier\w*\b[^.\n]{0,40}\b(?:anweisung|vorgabe|befehl|instruktion)|\bignore[zr]?\b[^.\n]{0,30}"
        r"\b(?:consignes|instructions pr[ée]c)|\bignor\w+\b[^.\n]{0,40}\b(?:instrucciones|indicaciones|istruzioni"
        r"|instru[çc][õo]es)|\bnegeer\b[^.\n]{0,40}\b(?:instructies|aanwijzingen)"
        r"|\bzignoruj\b[^.\n]{0,40}\b(?:instrukcj"
        r"|polece)|игнорир\w*[^.\n]{0,40}(?:инструкц|указан)|(?:忽略|无视|忽视|忘记)[^\n]{0,12}(?:指令|指示|提示|说明"
        r"|规则)|(?:指示|命令|プロンプト)[^\n]{0,12}無視|(?:지시|명령|지침)[^\n]{0,12}무시",
    ),
    _ask(
        ROLE,
        "you are",
        r"\byou are (?:now|no longer|henceforth|from now on)\s+(?:an?|in|the|going|free|unrestricted|acting|operating"
        r"|called|named|dan|bound|my|required|allowed)\b|\byou are (?:an? )?(?:helpful |unrestricted |evil )*"
        rf"{_MODEL}\b",
    ),
    _ask(
        ROLE,
        "act|behave|respond|pretend|role & as|like|to be",
        r"\b(?:act|behave|respond|pretend|roleplay|role-play)\s+(?:to be|as if you|as though you|like you|as (?:an? )?"
        rf"(?:{_MODEL}|model|admin|administrator|system|root|unrestricted|dan\b))",
    ),
    _ask(
        ROLE,
        "from now on",
        r"\bfrom now on,?\s+(?:you|your|all (?:your )?(?:answers|responses|replies)|only|always|never|answer|respond"
        r"|reply)\b",
    ),
    _ask(
        ROLE,
        " mode|anything now",
        r"\b(?:jailbreak|dan|god|developer|debug|admin|maintenance|sudo) mode (?:is )?(?:enabled|activated|on\b)"
        r"|\bdo anything now\b",
    ),
    _ask(
        VOICE,
        "system",
        r"(?:^|\n)\s*(?:#{1,6}\s*|\*\*|\[)?system(?:\s+(?:message|prompt|note|override|instructions?))?(?:\*\*|\])?"
        r"\s*:\s*(?:you\b|ignore|disregard|from now|the (?:user|assistant|model|milestone|sprint)|respond|reply|always"
        r"|never|do not|new |override|all |set |report|say|approve)",
    ),
    _ask(
        VOICE,
        "assistant|ai",
        r"(?:^|\n)\s*(?:#{1,6}\s*|\*\*|\[)?(?:assistant|ai)(?:\s+(?:message|response))?(?:\*\*|\])?\s*:\s*\S",
    ),
    _ask(
        VOICE,
        "<|[",
        r"<\|?(?:im_start|im_end|im_sep|system|assistant|user|endoftext|eot_id|start_header_id)\|?>|\[/?INST\]"
        r"|<</?SYS>>"
        r"|</?(?:system|instructions?|assistant|untrusted|context|information)>|\[/?system\]",
    ),
    _ask(
        VOICE,
        "instruction|system|untrusted|user input",
        r"\b(?:new|updated|real|actual|hidden|secret|additional)\s+(?:system\s+)?instructions?\s*(?:for you\s*)?:"
        r"|\b(?:begin|end|start) (?:of )?(?:the )?(?:system (?:message|prompt)|untrusted|user input|instructions)\b",
    ),
    _ask(
        SPEAKS,
        _MODELS,
        rf"\bas an? (?:{_MODEL})\b[^.\n]{{0,20}}\b(?:you|your)\b|\b(?:dear|hey|hello|hi|attention"
        r"|(?:note|message|instructions?) (?:to|for)(?: the| all| any)?)[,: ]+" + _MODEL + r"\b",
    ),
    _ask(
        SPEAKS,
        "to you|for you|if you",
        rf"\b(?:to|for) you,? (?:the|an?) {_MODEL}\b"
        rf"|\bif you(?: are|'re) (?:an? )?(?:{_MODEL}|automated|bot\b|(?:ai )?agent)",
    ),
    _ask(
        SPEAKS,
        f"{_MODELS} & must|shall|has to|have to|is |are ",
        rf"\b{_MODEL}\b[^.\n]{{0,30}}\b(?:must|shall|has to|have to"
        r"|(?:is|are) (?:instructed|required|ordered|told|asked) to)\b",
    ),
    _ask(
        SPEAKS,
        _MODELS,
        rf"(?:^|\n|<!--)\s*{_MODEL}(?:\s+(?:reading|processing|summari[sz]ing|reviewing)[^.\n:]{{0,40}})?\s*[,:]\s*\S",
    ),
    _ask(
        SPEAKS,
        "when & summari|generat|writ",
        r"\bwhen (?:you )?(?:summari[sz]|generat|writ)(?:e|ing)[^.\n]{0,30}\b(?:summary|report|answer|this (?:issue"
        r"|thread|milestone|repository|text))[^.\n]{0,30}\b(?:always|must|should|never|make sure|say|state|report|rate"
        r"|mark)\b",
    ),
    _ask(
        SPEAKS,
        "before you|do the following first|gave you",
        r"\bbefore you (?:can )?(?:solve|answer|respond|reply|complete|finish"
        r"|continue)[^.\n]{0,60}\b(?:do the following"
        r"|you (?:must|need to|have to|should))|\bdo the following first\b|\bthe task (?:that )?i gave you\b",
    ),
    _ask(
        SECRETS,
        "prompt|instruction|message|rules|training data",
        r"\b(?:reveal|print|show|repeat|output|leak|send|post|exfiltrate|share|disclose|tell me|give me|what (?:is"
        r"|are))\b"
        r"[^.\n]{0,30}\b(?:(?:your|the) (?:full )?(?:system |hidden |initial |original )+(?:prompt|instructions?"
        r"|message"
        r"|rules)|your (?:prompt|instructions|training data))",
    ),
    _ask(
        SECRETS,
        "key|credential|environment|env|token|password|cookie",
        _START
        + r"(?:reveal|print|show|output|leak|send|post|upload|e-?mail|forward|exfiltrate|share|disclose|paste|list"
        r"|dump|collect|include|read)\b[^.\n]{0,50}" + _PRIVATE + r"[^.\n]{0,60}\b(?:to|into|in|at|via"
        r"|as)\s+(?:https?:"
        r"|www\.|\S+@|your|the (?:answer|response|reply|summary|report|comment|output)|an? (?:comment|link|url|image"
        r"|issue)|this)",
    ),
    _ask(
        SECRETS,
        "key|credential|environment|env|token|password|cookie",
        _START
        + r"(?:reveal|leak|exfiltrate|disclose|dump|print|show|list|send)\s+(?:me\s+)?(?:the|your|all|any|every)\b"
        rf"[^.\n]{{0,20}}{_PRIVATE}(?:\s*(?:,|and|or)\s*(?:\w+\s+)?{_PRIVATE})+",
    ),
    _ask(
        KEEP,
        "not |n't |never |without ",
        r"\b(?:do not|don't|never|without)\s+(?:mention(?:ing)?|tell(?:ing)?|reveal(?:ing)?|inform(?:ing)?|say(?:ing)?"
        r"|report(?:ing)?|disclos(?:e|ing)|notify(?:ing)?|alert(?:ing)?|show(?:ing)?)\b[^.\n]{0,30}\b(?:the user\b"
        r"|users\b"
        r"|anyone|anybody|the readers?\b|the humans?\b|the team\b|the maintainers?\b|(?:this|these"
        r"|the) (?:instructions?"
        r"|message|prompt|request|risks?\b))",
    ),
    _ask(
        VERDICT,
        "probabilit|health|risk|forecast|milestone|sprint|confidence|chance|project"
        " & %|0|none|no|green|low|safe|on track|certain|done|complete",
        _START
        + r"(?:report|say|state|write|answer|respond|reply|output|set|claim|conclude|rate|mark|declare|assert|tell"
        r"|predict)\b[^.\n]{0,50}\b(?:probability|health|risk(?: level| score)?s?|forecast|milestone|sprint|confidence"
        r"|chance|project)\b[^.\n]{0,30}(?:\b(?:is|are|as|to|at|of)\b|[:=])[^.\n]{0,20}"
        r"(?:\d{1,3} ?%|\b(?:1\.0|0\.\d+|none|no|zero|green|low|safe|on track|certain|done|complete)\b)",
    ),
    _ask(
        LINK,
        "your |each |every |all  & answer|respon|output|summary|report|repl & link|url|image|site|pixel|page|banner"
        "|adver",
        r"\b(?:include|insert|append|embed|add|put|visit|open|click|fetch|load|point(?:ing)?|link(?:ing)?|direct)\b"
        r"[^.\n]{0,60}\b(?:links?|urls?|images?|websites?|tracking pixel|pages?|banner|advert\w*)\b[^.\n]{0,60}"
        r"\b(?:in|to|into|at the end of|with|from) (?:your|each|every|all) (?:answer|response|output|summary|report"
        r"|repl)",
    ),
    _ask(
        SHAPE,
        "your |each |every  & answer|respon|repl|output|message",
        _START + rf"{_EDIT}\b{_WITHIN}{{0,140}}\b(?:your|each|every) {_ANSWER}\b",
    ),
    _ask(
        SHAPE,
        "every |each  & sentence|line|paragraph|answer|response|reply",
        _START
        + r"(?:end|begin|start|finish|close|open|preface|prefix)\s+(?:every|each)\s+(?:sentence|line|paragraph|answer"
        r"|response|reply)\s+with\b",
    ),
    _ask(
        SHAPE,
        "letter|vowel|consonant|each |every |word order",
        _START + r"(?:capitali[sz]e|convert|exchange|jumble|rearrange|replace|reverse|scramble|shift|substitute"
        r"|swap)\b"
        r"[^.\n]{0,30}\b(?:letters?|vowels?|consonants?|(?:each|every) (?:\w+ )?word|word order)\b",
    ),
    _ask(
        SHAPE,
        "your  & answer|respon|repl|output|message",
        r"\b(?:in|within|throughout|across|with|at the (?:end|start|beginning|top|bottom) of|for|into) your "
        rf"{_ANSWER}\s*,\s*(?:please\s+)?(?:{_EDIT}|refer|discuss|hint|note|advise|advocate|persuade|urge|ask"
        rf"|direct)\b",
    ),
    _ask(
        SHAPE,
        "answer|respond|reply|speak|write|talk",
        _START
        + r"(?:answer|respond|reply|speak|write|talk)\s+(?:only\s+|exclusively\s+|back\s+)?(?:in|with|using|as)\s+"
        rf"(?:only\s+)?(?:{_LANGUAGE}|reverse|emojis?|base ?64|morse|rot13|binary|riddles|rhymes?|leetspeak|all caps"
        r"|capital letters|a (?:single )?(?:poem|haiku|joke)|the (?:word|phrase|words)|['\"])",
    ),
    _ask(
        TASK,
        "poem|song|lyric|essay|stor|speech|haiku|limerick|joke|recipe|novel|sonnet|slogan|letter|horoscope|screenplay"
        "|fairy|dialogue",
        _START
        + r"(?:can you |could you )?(?:write|compose|draft|create|develop|generate|produce|craft|recite|sing|tell"
        r"|give|make up|prepare)(?: me| us)?\b[^.\n]{0,50}\b(?:poems?|songs?|lyrics|essays?|short stor(?:y|ies)"
        r"|story about|speech|haikus?|limericks?|jokes?|recipes?|novels?|sonnets?|slogans?|cover letter|horoscope"
        r"|screenplay|fairy ?tale|dialogue between)\b",
    ),
    _ask(
        TASK,
        "translat|equivalent|word ",
        rf"{_START}translate\b[^.\n]{{0,60}}\b(?:in)?to {_LANGUAGE}\b|{_START}(?:provide|give|tell|say|write)\b"
        rf"[^.\n]{{0,20}}\b{_LANGUAGE} (?:equivalent|translation|word) (?:for|of)\b",
    ),
    _ask(
        CODES,
        "code|script|program & your | you ",
        rf"\b{_CODE}\b[^.\n]{{0,120}}\b{_INTO}\b|\b{_INTO}\b[^.\n]{{0,120}}\b{_CODE}\b",
    ),
    _ask(
        CODES,
        "code|script|program & following|subsequent|below|next|attached|accompanying|given",
        rf"\b{_PUT_IN}\b[^.\n]{{0,30}}\b{_CODE}\b",
    ),
)
