"""What a question wants to know, by the words it is made of (English; the commonest in Chinese, Japanese, Korean)."""

import re
from typing import Literal

ItemTopic = Literal[
    "waits for", "blocks", "merging", "closing", "reviews", "turn", "assignee", "author", "age", "labels", "links",
    "files", "milestone", "draft", "next steps",
]  # fmt: skip
ProjectTopic = Literal[
    "builds", "review queue", "ready", "stuck", "unassigned", "changes", "added", "removed", "record", "lateness",
    "due", "content", "outlook", "reasons", "action", "turn",
]  # fmt: skip

_ITEM: dict[ItemTopic, str] = {
    "blocks": r"what (?:does|do|is|will|would) (?:\S+ )?(?:\S+ )?block(?:s|ing)?\b(?! (?:it|this|by))"
    r"|(?:what|which|who)\b[^?]*\b(?:waits?|waiting|depends?|depending|rel(?:y|ies)|builds?) (?:for|on|upon)\s+\w"
    r"|\bblocked by\b|needed (?:for|by)|\bdoes [^?]* block\b|holding up",
    "waits for": r"\bblock(?:s|ed|ing|ers?)?\b|\bwait(?:s|ing)?\b|\bdepend(?:s|ing|enc(?:y|ies))?\b|\bstuck\b"
    r"|\bstall(?:s|ed|ing)?\b|\bnot (?:moving|progress\w*)|prerequisite"
    r"|held up|hold(?:s|ing)? (?:it|this) up|hanging"
    r"|阻塞|卡住|依赖|等待|ブロック|止ま|待っ|依存|막[혀힌고]|차단|기다|의존",
    "merging": r"\bmerge[sd]?\b|\bmerger\b|\blanded\b|合并|合併|マージ|병합|머지",
    "closing": r"\bclos(?:e[sd]?|ing)\b|\breject(?:ed)?\b|\babandon\w*|\bdrop(?:ped)?\b|\bwhy not\b|\bdeclin\w*"
    r"|\bresolv(?:ed?|ing)\b|\breopen\w*|\bfinish\w*|\bdone\b|\bhappened\b|关闭|關閉|閉じ|クローズ|닫[혔힌았]|종료",
    "reviews": r"\breview(?:s|ed|ers?|ing)?\b|\bapprov(?:ed?|als?|ers?|ing)\b|\backs?\b"
    r"|\backed\b|\blgtm\b|sign(?:ed)?[ -]off"
    r"|\brequest(?:s|ed)? changes\b|changes requested|审查|评审|批准|レビュー|承認|리뷰|검토|승인",
    "turn": r"\bturn\b|\bact(?:s|ed)? next\b|next (?:move|step|actor)|\bnext\b"
    r"|whose court|who(?:m)? (?:can|could|should|must|has to|needs? to)"
    r"|\bmove [^?]*\b(?:forward|along|on)\b|\bunblock\b|\bping\b|\bnudge\b|轮到|谁该|次は誰|누구 차례|다음",
    "assignee": r"\bassign(?:ed|ees?|ment)?\b|\bwho(?:'s| is|se)? (?:working|on it"
    r"|doing|taking|responsible|handl\w+|own\w*)"
    r"|\bworks? on\b|\bworking on\b|\bowns?\b|\bowner\b|\bresponsible\b|负责|担当|담당",
    "author": r"\b(?:who|when)\b[^?]*\b(?:open(?:s|ed)|creat(?:e|ed|or)|fil(?:e"
    r"|ed)|report(?:s|ed|er)?|wrote|written|authore?d?|submitt?(?:ed)?)\b"
    r"|\bauthor\b|\bwhose (?:pr|pull|issue)\b|作者|谁写|誰が作|누가 (?:만|열|작성)",
    "age": r"\bhow (?:long|old)\b|\bsince when\b|\bage\b|\bwhen (?:was|did)[^?]*\b(?:open"
    r"|creat|start)\w*|多久|いつから|얼마나",
    "labels": r"\blabel(?:s|led|ed)?\b|\btags?\b|\btagged\b|标签|ラベル|라벨",
    "links": r"\b(?:which|what|is there|any|has)\b[^?]*\b(?:pull requests?|prs?"
    r"|issues?)\b[^?]*\b(?:carr(?:y|ies)|clos\w+|fix\w*|solv\w+|implement\w*"
    r"|for|resolv\w+|address\w*|belong\w*)"
    r"|\bcarr(?:y|ies)\b|\bwhat does [^?]* (?:fix|close|solve|resolve)\b|\brelated\b|\blinked\b",
    "files": r"\bfiles?\b|\bpaths?\b|\btouch(?:es)?\b|\bwhat does [^?]* change\b"
    r"|\blines\b|\bhow (?:big|large)\b|\bsize\b",
    "milestone": r"\bmilestone\b|\bsprint\b|\brelease\b|マイルストーン|里程碑|마일스톤",
    "draft": r"\bdrafts?\b|\bwip\b|草稿|ドラフト|초안",
    "next steps": r"\bready\b|\bstart(?:ed)?\b|\bmoving\b|\bprogress\b",
}  # fmt: skip
_PROJECT: dict[ProjectTopic, str] = {
    "builds": r"\bci\b|\bbuilds?\b|\bgreen\b|\bred\b|\bworkflows?\b|\bpipelines?\b"
    r"|\btests? (?:pass|fail)\w*|\b(?:pass|fail)ing tests?"
    r"|\bmain (?:broken|ok|fine)|\bdefault branch\b|构建|ビルド|빌드",
    "review queue": r"\b(?:wait|need|want|pend|await|ready|lack|queue|open)\w*\b[^?]*\breview"
    r"|\breview(?:s)? (?:queue|backlog|pending|needed)"
    r"|\bunreviewed\b|\bto review\b|\bwho\b[^?]*\breview"
    r"|\breviews? are (?:due|owed)|レビュー待ち|等待(?:审查|评审)|리뷰 대기",
    "unassigned": r"\bunassigned\b|\b(?:no|without(?: an)?|missing) (?:assignee|owner)"
    r"|\bnobody (?:is )?(?:assigned|works?|working|owns?)"
    r"|\bnot assigned\b|\bunowned\b",
    "stuck": r"\bstuck\b|\bblock(?:s|ed|ing|ers?)?\b|\bwaits? for\b|\bwaiting\b"
    r"|\bstall\w*|\bheld up\b|阻塞|卡住|ブロック|막[혀힌]",
    "added": r"\b(?:added|came in|new in|joined|crept|creep|scope (?:creep|change\w*|grow\w*))\b|\bentered\b",
    "removed": r"\b(?:removed|taken out|took out|moved out|dropped from|left (?:the )?(?:milestone"
    r"|sprint)|kicked out|postponed|descoped|pulled out)\b",
    "ready": r"\bready\b|\bpick(?: up)?\b|\bstart(?:ed)?(?: next| on| now)?\b"
    r"|\bwork on next\b|\bwhat(?:'s| is)? next\b|\bavailable\b|\bunblocked\b"
    r"|\bnot (?:been )?(?:started|begun)|\bunstarted\b",
    "record": r"\b(?:which|what|how many|were|are)\b[^?]*\b(?:milestones|sprints"
    r"|releases)\b[^?]*\b(?:late|slip\w*|on time|in time|overdue|delay\w*"
    r"|punctual)"
    r"|\btrack record\b|\b(?:are|were) we (?:usually|often|always)\b|\busually late\b|\bhow often\b",
    "lateness": r"\b(?:was|were|is|did|has|how)\b[^?]*\b(?:late|slip\w*|on time"
    r"|in time|overdue|delay\w*|behind|ship|due date)\b",
    "reasons": r"\bwhy\b|\breasons?\b|\bcauses?\b|\bwhat (?:threatens|endangers"
    r"|delays|slows|holds|went wrong)|\brisks?\b|\bthreat\w*|为什么|なぜ"
    r"|왜"
    r"|\bat risk\b|\bproblems?\b|\bgoing wrong\b|\bworr(?:y|ied)\b",
    "due": r"\bdue\b|\bdeadline\b|\bdue date\b|截止|期限|締め切り|마감",
    "action": r"\bwhat (?:should|can|must|do|could|would) (?:we|i|one|the team)\b"
    r"|\bto do\b|\bhelps?\b|\brecommend\w*|\badvi[cs]e\b|\bspeed up\b"
    r"|\brescue\b"
    r"|\bhow (?:can|do|could) we\b|\bpriorit\w+|\bfocus\b|该做什么|何をすべき|무엇을 해야",
    "turn": r"\bwho(?:m)?\b[^?]*\b(?:act|move|turn|next|unblock|help|ask)\b|\bwhose turn\b",
    "content": r"\bwhat(?:'s| is| are)? (?:in|inside|part of|left|open|missing"
    r"|remaining|planned)\b|\bhow (?:many|much)\b|\bleft\b|\bremain\w*"
    r"|\bcontents?\b"
    r"|\bscope\b|\bstill (?:open|to)|\blist\b|\bitems (?:in|of)\b|\bstatus\b"
    r"|\bstate\b|\bprogress\b|\bhow far\b",
    "outlook": r"\bwhen\b|\bchances?\b|\bprobab\w+|\blikel\w+|\bland(?:s|ed|ing)?\b"
    r"|\bfinish\w*|\bmake it\b|\bship\w*|\bdeliver\w*|\bforecast\w*"
    r"|\bhow long\b|\bhealth\w*|\bscore\b|\bon track\b|\bdate\b|\blate\b"
    r"|\bbehind\b|\bon time\b|\bin time\b|\bdone\b|\boverdue\b|\bdelay\w*",
    "changes": r"\b(?:chang|happen|merg|clos|open|creat|ship|land|deliver|fil|releas"
    r"|finish|complet|start)\w*|\bnews?\b|\bnew\b|\bdone\b|\bprogress\b"
    r"|\bactivity\b"
    r"|\bupdate[sd]?\b|变化|変わ|변경",
}  # fmt: skip
_RANKING = (
    r"\bwho(?:'s| is| are| was| were)?\b[^?]*\b(?:(?:slow|fast|quick"
    r"|strong|weak|smart)(?:er|est)?|best|worst|laz(?:y|iest)|productiv\w*"
    r"|busiest|efficient)\b"
    r"|\b(?:slow|fast|quick|lazi|weak|strong|busi|b)est (?:person|people"
    r"|developer|engineer|reviewer|programmer|team ?mate|member|colleague"
    r"|author)s?\b"
    r"|\b(?:best|worst|top|weakest|laziest|slowest|fastest|most \w+"
    r"|least \w+) (?:person|people|developer|engineer|reviewer|programmer"
    r"|team ?mate|member|colleague|author|contributor|committer)s?\b"
    r"|\bwho\b[^?]*\b(?:the most|the least|the fewest|more than|less than"
    r"|most (?:issues|pull|prs|commits|bugs|reviews|work|code))\b"
    r"|\b(?:rank|compare|rate|score|grade|evaluate|list)\b[^?]*\b(?:developers?"
    r"|people|persons?|engineers?|members?|reviewers?|authors?|team ?mates?"
    r"|contributors?|everybody|everyone)\b"
    r"|\b(?:productivity|performance|velocity|output|speed|underperform\w*)\b[^?]*\b(?:of"
    r"|per|by|each|every)\b[^?]*\b(?:developer|person|people|engineer"
    r"|member|author)"
    r"|\b(?:per|each) (?:developer|person|engineer|member)\b|\bunderperform\w*"
    r"|\bleader ?board\b|\bwho (?:is|was) (?:to blame|at fault|responsible for the delay)"
    r"|\bwhose fault\b|\bwho (?:should|must) (?:we|i) fire\b"
    r"|谁(?:最|更)|誰が(?:一番|最も)|누가 (?:가장|제일)"
)
_PERSON = r"\b(?:how|is|are|was|were)\b"
_JUDGED = (
    r"\b(?:slow|fast|lazy|good|bad|productive|unproductive|better|worse|efficient|overloaded|reliable|perform\w*)\b"
    r"|\bhow (?:many|much|fast|slow|good|productive)\b|\bhow (?:is|are)\b[^?]*\bdoing\b"
)


def item_topics(text: str) -> tuple[ItemTopic, ...]:
    """What is asked about an item, the most special first; text in lower case."""
    found = [topic for topic, pattern in _ITEM.items() if re.search(pattern, text)]
    return tuple(topic for topic in found if not (topic == "waits for" and "blocks" in found))


def project_topics(text: str) -> tuple[ProjectTopic, ...]:
    """What is asked about a milestone or the project, the most special first; text in lower case."""
    return tuple(topic for topic, pattern in _PROJECT.items() if re.search(pattern, text))


def judges_people(text: str, names_a_person: bool) -> bool:
    """Whether the question asks to rank or measure people; text in lower case."""
    if re.search(_RANKING, text):
        return True
    return names_a_person and bool(re.search(_PERSON, text)) and bool(re.search(_JUDGED, text))


def why(text: str) -> bool:
    """Whether a reason is asked for."""
    return bool(re.search(r"\bwhy\b|\breasons?\b|\bcauses?\b|为什么|なぜ|왜", text))
