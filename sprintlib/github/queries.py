"""The queries that are sent to GitHub's GraphQL API. Each is checked against GitHub's schema in the tests."""

_PERSON = "fragment Person on Actor { __typename login }"
_PAGE = "pageInfo { hasNextPage endCursor }"
_COMMENT = """
fragment Said on IssueComment { id fullDatabaseId author { ...Person } body url createdAt updatedAt }"""
_REFERENCE = """
fragment Reference on CrossReferencedEvent {
  id createdAt actor { ...Person }
  source {
    __typename
    ... on Issue { id number url repository { databaseId } }
    ... on PullRequest { id number url repository { databaseId } }
  }
}"""
_OF_PULLS = """
fragment Review on PullRequestReview {
  id fullDatabaseId author { ...Person } state body url submittedAt reviewed: commit { oid }
}
fragment Committed on PullRequestCommit {
  commit {
    oid message
    author { name date } committer { name date }
    parents(first: 10) { nodes { oid } }
  }
}"""
_REMARK = """
fragment Remark on PullRequestReviewComment {
  id fullDatabaseId author { ...Person } body path url createdAt updatedAt
}"""
_ISSUE_ENTRIES = f"""{{
  {_PAGE}
  nodes {{ __typename ...Said ...Reference }}
}}"""
_PULL_ENTRIES = f"""{{
  {_PAGE}
  nodes {{ __typename ...Said ...Reference ...Review ...Committed }}
}}"""
_ISSUE_TYPES = "itemTypes: [ISSUE_COMMENT, CROSS_REFERENCED_EVENT]"
_PULL_TYPES = "itemTypes: [ISSUE_COMMENT, CROSS_REFERENCED_EVENT, PULL_REQUEST_REVIEW, PULL_REQUEST_COMMIT]"
_THREADS = f"""{{
  {_PAGE}
  nodes {{ id comments(first: 20) {{ {_PAGE} nodes {{ ...Remark }} }} }}
}}"""
_LIMIT = "rateLimit { cost remaining resetAt }"
_REPOSITORY = "repository(owner: $owner, name: $name)"
_NEWEST_FIRST = "orderBy: {field: CREATED_AT, direction: DESC}"

ISSUES = f"""
query Issues($owner: String!, $name: String!, $size: Int!, $nested: Int!, $after: String) {{
  {_LIMIT}
  {_REPOSITORY} {{
    items: issues(first: $size, after: $after, {_NEWEST_FIRST}) {{
      totalCount {_PAGE}
      nodes {{ number updatedAt timelineItems(first: $nested, {_ISSUE_TYPES}) {_ISSUE_ENTRIES} }}
    }}
  }}
}}
{_PERSON}{_COMMENT}{_REFERENCE}"""
PULLS = f"""
query PullRequests($owner: String!, $name: String!, $size: Int!, $nested: Int!, $after: String) {{
  {_LIMIT}
  {_REPOSITORY} {{
    items: pullRequests(first: $size, after: $after, {_NEWEST_FIRST}) {{
      totalCount {_PAGE}
      nodes {{
        number updatedAt additions deletions changedFiles
        comments(first: 0) {{ totalCount }}
        timelineItems(first: $nested, {_PULL_TYPES}) {_PULL_ENTRIES}
        reviewThreads(first: $nested) {_THREADS}
      }}
    }}
  }}
}}
{_PERSON}{_COMMENT}{_REFERENCE}{_OF_PULLS}{_REMARK}"""
# the rest of lists that do not fit into a page of items
MORE_OF_ISSUE = f"""
query MoreOfIssue($owner: String!, $name: String!, $number: Int!, $after: String) {{
  {_LIMIT}
  {_REPOSITORY} {{
    item: issue(number: $number) {{ list: timelineItems(first: 100, after: $after, {_ISSUE_TYPES}) {_ISSUE_ENTRIES} }}
  }}
}}
{_PERSON}{_COMMENT}{_REFERENCE}"""
MORE_OF_PULL = f"""
query MoreOfPullRequest($owner: String!, $name: String!, $number: Int!, $after: String) {{
  {_LIMIT}
  {_REPOSITORY} {{
    item: pullRequest(number: $number) {{
      list: timelineItems(first: 100, after: $after, {_PULL_TYPES}) {_PULL_ENTRIES}
    }}
  }}
}}
{_PERSON}{_COMMENT}{_REFERENCE}{_OF_PULLS}"""
MORE_THREADS = f"""
query MoreThreads($owner: String!, $name: String!, $number: Int!, $after: String) {{
  {_LIMIT}
  {_REPOSITORY} {{
    item: pullRequest(number: $number) {{ list: reviewThreads(first: 100, after: $after) {_THREADS} }}
  }}
}}
{_PERSON}{_REMARK}"""
MORE_OF_THREAD = f"""
query MoreOfThread($thread: ID!, $after: String) {{
  {_LIMIT}
  item: node(id: $thread) {{
    ... on PullRequestReviewThread {{ list: comments(first: 100, after: $after) {{ {_PAGE} nodes {{ ...Remark }} }} }}
  }}
}}
{_PERSON}{_REMARK}"""
ALL = (ISSUES, PULLS, MORE_OF_ISSUE, MORE_OF_PULL, MORE_THREADS, MORE_OF_THREAD)
