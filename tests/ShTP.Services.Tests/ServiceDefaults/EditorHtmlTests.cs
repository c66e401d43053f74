using ShTP.Rpc.Errors;
using ShTP.Html;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class EditorHtmlTests
{
    private const string Form = "holds a field or a button of a form: remove it";
    private const string Embedded = "holds a video, a sound or another page: remove it and put a link in its place";
    private const string Drawing = "holds a drawing (svg) or a formula (math): remove it and put a picture in its place";
    private const string PageSettings = "holds settings of a whole web page: paste that part again without its formatting";
    private const string Link = " rel=\"noopener noreferrer\" target=\"_blank\"";

    private static readonly EditorHtml Html = new(10_000, 1024);

    [Theory]
    [InlineData("")]
    [InlineData("plain text, a line\nand another")]
    [InlineData("<p>a <b>b</b> <strong>c</strong> <i>d</i> <em>e</em> <u>f</u> <s>g</s><br>h<sub>1</sub><sup>2</sup></p><hr>")]
    [InlineData("<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6>")]
    [InlineData("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul><blockquote>d</blockquote><pre><code>e &lt; f &amp; g</code></pre>")]
    [InlineData("<ul><li>a</li><li class=\"ql-indent-1\">b</li></ul><ul data-checked=\"true\"><li>c</li></ul>")]
    [InlineData("<pre class=\"ql-syntax\" spellcheck=\"false\">if a &lt; b:\n    pass\n</pre>")]
    [InlineData("<a href=\"https://acmp.ru/\" rel=\"noopener noreferrer\" target=\"_blank\">a</a>")]
    [InlineData("<table><caption>c</caption><thead><tr><th rowspan=\"2\">h</th></tr></thead><tbody><tr><td colspan=\"2\">1</td></tr></tbody></table>")]
    [InlineData("<img src=\"https://example.org/a.png\" alt=\"a\" width=\"10\" height=\"20\"><img src=\"/storage/a.png\"><img src=\"data:image/png;base64,iVBORw0KGgo=\">")]
    public void Check_WhatTheEditorWrites_StaysAsItIs(string html) => Assert.Equal(html, Check(html));

    [Theory]
    [InlineData("a < b", "a &lt; b")]
    [InlineData("a<b and c>d", "a&lt;b and c&gt;d")]
    [InlineData("#include <iostream>", "#include &lt;iostream&gt;")]
    [InlineData("if (i<p && p>q) vector<int> v;", "if (i&lt;p &amp;&amp; p&gt;q) vector&lt;int&gt; v;")]
    [InlineData("Tom & Jerry", "Tom &amp; Jerry")]
    [InlineData("a &lt; b", "a &lt; b")]
    [InlineData("1 > 0 &quot;", "1 &gt; 0 \"")]
    [InlineData("<p>vector<int> v</p>", "<p>vector&lt;int&gt; v</p>")]
    [InlineData("a\0\u0001b", "ab")]
    public void Check_TextThatNobodyMadeHtmlOf_IsEscaped(string text, string stored) => Assert.Equal(stored, Check(text));

    [Theory]
    [InlineData("<P>upper</P>", "<p>upper</p>")]
    [InlineData("<p>one<p>two", "<p>one</p><p>two</p>")]
    [InlineData("a<br/>b", "a<br>b")]
    [InlineData("<b><i>crossed</b></i>", "<b><i>crossed</i></b>")]
    [InlineData("closed</p></b>", "closed<p></p>")]
    [InlineData("<p>x</p><!DOCTYPE html><body onload=alert(1)>", "<p>x</p>")]
    [InlineData("<tr><td>x</td></tr>", "x")]
    [InlineData("<!-- hidden --><p>x</p><![CDATA[<b>y</b>]]>", "<p>x</p>y]]&gt;")]
    public void Check_OddSpellings_AreWrittenByTheParser(string html, string stored) => Assert.Equal(stored, Check(html));

    [Theory]
    [InlineData("<p style=\"color: red; text-align: right\">a</p><p align=\"center\">b</p><center>c</center>", "<p class=\"ql-align-right\">a</p><p class=\"ql-align-center\">b</p><p class=\"ql-align-center\">c</p>")]
    [InlineData("<p><span style=\"color: rgb(230, 0, 0);\">a</span><font color=\"red\">b</font><span class=\"ql-size-huge modal\" id=\"root\">c</span></p>", "<p>ab<span class=\"ql-size-huge\">c</span></p>")]
    [InlineData("<div>a</div><div>b<div>c</div></div><section><ul><li><div>d</div></li></ul></section>", "<p>a</p>b<p>c</p><ul><li><p>d</p></li></ul>")]
    [InlineData("<strike>a</strike><del>b</del><ins>c</ins><kbd>d</kbd>", "<s>a</s><s>b</s><u>c</u><code>d</code>")]
    [InlineData("<h1 id=\"root\" class=\"x\" title=\"t\" data-x=\"y\" contenteditable=\"true\">x</h1>", "<h1>x</h1>")]
    [InlineData("<style>p{}</style><title>t</title><meta name=\"Generator\"><link rel=\"File-List\" href=\"x\"><!--[if gte mso 9]><xml></xml><![endif]--><p class=\"MsoNormal\">w<o:p>&nbsp;</o:p></p>", "<p>w&nbsp;</p>")]
    [InlineData("<p>f <span class=\"ql-formula\" data-value=\"e^2\">\ufeff<span contenteditable=\"false\"><span class=\"katex\"><math><mi>e</mi></math></span></span></span></p>", "<p>f <span class=\"ql-formula\" data-value=\"e^2\">e^2</span></p>")]
    [InlineData("<template><b>x</b></template><app-root><p>y</p></app-root><details open>z</details>", "<p>y</p>z")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>", "<p></p>")]
    [InlineData("<xmp><script>x</script></xmp>", "&lt;script&gt;x&lt;/script&gt;")]
    public void Check_WhatIsOnlyPresentation_IsCleanedOrMapped(string html, string stored) => Assert.Equal(stored, Check(html));

    [Theory]
    [InlineData("/tasks/challenge", "/tasks/challenge")]
    [InlineData("acmp.ru", "acmp.ru")]
    [InlineData("#part", "#part")]
    [InlineData("HTTPS://example.org/?a=b&amp;c=%D1%8F#e", "https://example.org/?a=b&amp;c=%D1%8F#e")]
    [InlineData("http://пример.рф/", "http://пример.рф/")]
    [InlineData(" https://example.org/&#10;x ", "https://example.org/x")]
    [InlineData("//example.org", "https://example.org")]
    [InlineData("mailto:a@example.org", "mailto:a@example.org")]
    [InlineData("tel:+78000000000", "tel:+78000000000")]
    public void Check_Links_AreNormalized(string address, string stored) =>
        Assert.Equal($"<p><a href=\"{stored}\"{Link}>x</a></p>", Check($"<p><a TARGET=_top rel=opener HREF=\"{address}\">x</a></p>"));

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData(" javascript:alert(1)")]
    [InlineData("java&#9;script:alert(1)")]
    [InlineData("&#1;javascript:alert(1)")]
    [InlineData("&#x6A;avascript&colon;alert(1)")]
    [InlineData("data:text/html;base64,PHNjcmlwdD4=")]
    [InlineData("data:image/png;base64,iVBORw0KGgo=")]
    [InlineData("vbscript:msgbox(1)")]
    [InlineData("file:///C:/Users/Ada/solution.py")]
    [InlineData("about:blank")]
    public void Check_LinksWithOtherSchemes_AreRefusedByTheirText(string address)
    {
        var fault = Assert.Single(FaultsOf($"<p>see <a href=\"{address}\">the rules</a></p>"));
        Assert.StartsWith("content: the link 'the rules' leads to '", fault, StringComparison.Ordinal);
        Assert.EndsWith("': change or remove it; a link may begin with http://, https://, mailto: or tel:, or lead to a page of this site", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>", "holds a script: remove it")]
    [InlineData("<SCRIPT SRC=//evil.example></SCRIPT>", "holds a script: remove it")]
    [InlineData("<script>alert(1)", "holds a script: remove it")]
    [InlineData("<img src=x onerror=alert(1)>", "has a program attached to 'img': paste that part again without its formatting")]
    [InlineData("<p onclick=\"alert(1)\">press</p>", "has a program attached to 'press': paste that part again without its formatting")]
    [InlineData("<p><x onclick=alert(1)>press</x></p>", "has a program attached to 'press': paste that part again without its formatting")]
    [InlineData("<svg onload=alert(1)></svg>", Drawing)]
    [InlineData("<p><svg><a href=\"https://example.org\">x</a></svg></p>", Drawing)]
    [InlineData("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", Drawing)]
    [InlineData("<iframe class=\"ql-video\" frameborder=\"0\" src=\"https://www.youtube.com/embed/x\"></iframe>", Embedded)]
    [InlineData("<object data=\"data:text/html,x\"></object>", Embedded)]
    [InlineData("<embed src=x>", Embedded)]
    [InlineData("<video autoplay><source src=x></video>", Embedded)]
    [InlineData("<form action=x><p>go</p></form>", Form)]
    [InlineData("<input autofocus>", Form)]
    [InlineData("<p><button>go</button></p>", Form)]
    [InlineData("<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">", PageSettings)]
    [InlineData("<base href=\"https://evil.example/\">", PageSettings)]
    [InlineData("<p><img src=\"file:///C:/a.png\"></p>", "a picture is taken from 'file:///C:/a.png', where others cannot see it: remove it and put it in again")]
    [InlineData("<p><img src=\"data:image/svg+xml;base64,AAAA\"></p>", "a picture is taken from 'data:image/svg+xml;base64,AAAA', where others cannot see it: remove it and put it in again")]
    public void Check_WhatCouldAct_IsRefusedInWordsOfTheEditor(string html, string fault) =>
        Assert.Contains($"content: {fault}", FaultsOf(html));

    [Fact]
    public void Check_LargePictureInTheText_SaysThatItIsThePicture()
    {
        const string Fault = "is part of the text itself, at most 1 KiB are possible: remove it, and put a smaller one or a link to it in its place";
        Assert.Equal([$"content: a picture of 2 KiB {Fault}"], FaultsOf($"<p>a<img src=\"data:image/png;base64,{new string('A', 3000)}\"></p>"));
        Assert.Equal([$"content: a picture of 73 KiB {Fault}"], FaultsOf($"<p>a<img src=\"data:image/jpeg;base64,{new string('A', 100_000)}\"></p>"));
    }

    [Theory]
    [InlineData("<u>", "formats lie more than 256 deep in each other: paste the text again without its formatting")]
    [InlineData("<div>", "formats lie more than 256 deep in each other: paste the text again without its formatting")]
    [InlineData("&", "must have at most 10000 characters")]
    public void Check_MuchOfOneThing_IsRefused(string piece, string fault) =>
        Assert.Equal([$"content: {fault}"], FaultsOf("<p>x</p>" + string.Concat(Enumerable.Repeat(piece, 9_990 / piece.Length))));

    [Fact]
    public void Read_WhatIsRefused_IsTakenOut()
    {
        var (html, refused) = Html.Read("<p>a</p><script>alert(1)</script><p onclick=x><a href=\"javascript:x\">b</a></p>");
        Assert.Equal("<p>a</p><p>b</p>", html);
        Assert.Equal(["holds a script", "has a program attached to 'b'", "the link 'b' leads to 'javascript:x'"], refused.Select(refusal => refusal.What.ToString()));
    }

    [Fact]
    public void Read_RandomPiecesOfMarkup_GivesWhatItGivesAgainAndNothingThatActs()
    {
        string[] pieces =
        [
            "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=\"https://a.example\">", "<a href='javascript:x'>", "</a>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<ul>", "<li>",
            "</ul>", "<svg>", "</svg>", "<math>", "<mtext>", "<style>", "</style>", "<title>", "</title>", "<textarea>", "</textarea>", "<noscript>", "</noscript>", "<template>", "</template>",
            "<select>", "<option>", "<script>", "</script>", "<img src=x onerror=x>", "<!--", "-->", "<![CDATA[", "]]>", "<div>", "</div>", "<pre>\n", "</pre>", "<span class=\"ql-size-huge x\">",
            "</span>", "<span class=\"ql-formula\" data-value=\"&lt;img src=x onerror=x&gt;\">", "<int>", "text", "&lt;", "\"", "'", ">", "<", "<plaintext>", "<xmp>", "</xmp>", "<iframe>", "</iframe>", "<form>", "</form>",
        ];
        var random = new Random(1337);
        for (var i = 0; i < 3_000; i++)
        {
            var content = string.Concat(random.GetItems(pieces, random.Next(1, 25)));
            if (Html.Read(content).Html is not { } html)
                continue;
            var (again, refused) = Html.Read(html);
            Assert.True(again == html && refused.Count == 0, $"{content} became {html}, and that {again} ({string.Join(", ", refused)})");
        }
    }

    private static string Check(string html)
    {
        var checks = new FieldChecks();
        var stored = Html.Check(checks, html, "content");
        Assert.Null(checks.Faults);
        Assert.Equal(stored, Html.Check(checks, stored, "content"));
        return stored;
    }

    private static string[] FaultsOf(string html)
    {
        var checks = new FieldChecks();
        Html.Check(checks, html, "content");
        return checks.Faults?.Split("; content: ").Select((fault, i) => i == 0 ? fault : $"content: {fault}").ToArray() ?? [];
    }
}
