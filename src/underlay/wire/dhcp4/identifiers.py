"""Options that the server repeats to the client as they came, without looking into them.

```
+------+--------+------+-- ... --+         +------+--------+---------+-----+-- ... --+-- ...
|  61  |   n    | type |   id    |         |  82  |   n    | subcode | len | payload |
+------+--------+------+-- ... --+         +------+--------+---------+-----+-- ... --+-- ...
```
| code | source | holds |
|---|---|---|
| 61 | RFC 2132 9.14; repeated by RFC 6842 section 3 | client identifier |
| 82 | RFC 3046 section 2; repeated by its section 2.2 | relay agent information; last in the answer |
"""

from typing import Final

CLIENT_IDENTIFIER: Final = 61
RELAY_AGENT_INFORMATION: Final = 82
