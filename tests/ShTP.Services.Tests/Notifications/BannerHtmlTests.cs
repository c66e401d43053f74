using Grpc.Core;
using ShTP.Notifications.Banners;
using ShTP.ServiceDefaults.Errors;
using Xunit;

namespace ShTP.Services.Tests.Notifications;

public sealed class BannerHtmlTests
{
    private const string NoLink = "the href of a link must be an address that begins with http://, https:// or mailto:";

    [Theory]
    [InlineData("")]
    [InlineData("plain text, a line\nand another")]
    [InlineData("<p>a <b>b</b> <strong>c</strong> <i>d</i> <em>e</em> <u>f</u> <s>g</s><br>h</p><hr>")]
    [InlineData("<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6>")]
    [InlineData("<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul><blockquote>d</blockquote><pre><code>e &lt; f &amp; g</code></pre>")]
    [InlineData("<a href=\"https://example.org/a?b=c&amp;d=%D1%8F#e\">link</a> <a href=\"http://пример.рф/\">x</a> <a href=\"mailto:a@example.org\">m</a> <span>s</span>")]
    public void Check_WhatIsAllowed_StaysAsItIs(string html) => Assert.Equal(html, Check(html));

    [Theory]
    [InlineData("<P>upper</P>", "<p>upper</p>")]
    [InlineData("<p>one<p>two", "<p>one</p><p>two</p>")]
    [InlineData("a<br/>b", "a<br>b")]
    [InlineData("<a HREF='HTTPS://example.org'>x</a>", "<a href=\"HTTPS://example.org\">x</a>")]
    [InlineData("Tom & Jerry", "Tom &amp; Jerry")]
    [InlineData("1 > 0 &quot;", "1 &gt; 0 \"")]
    public void Check_OtherSpellings_AreWrittenByTheParser(string html, string stored) => Assert.Equal(stored, Check(html));

    [Theory]
    [InlineData("<script>alert(1)</script>", "the tag script is not allowed")]
    [InlineData("<SCRIPT SRC=//evil.example></SCRIPT>", "the tag script is not allowed")]
    [InlineData("<img src=x onerror=alert(1)>", "the tag img is not allowed")]
    [InlineData("<img src=x onerror=alert(1)//", "is not well-formed HTML (line 1, character 30)")]
    [InlineData("<svg onload=alert(1)>", "the tag svg is not allowed")]
    [InlineData("<svg/onload=alert(1)></svg>", "the tag svg is not allowed")]
    [InlineData("<svg><a href=\"https://example.org\">x</a></svg>", "the tag svg is not allowed")]
    [InlineData("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "the tag math is not allowed")]
    [InlineData("<iframe src=\"javascript:alert(1)\"></iframe>", "the tag iframe is not allowed")]
    [InlineData("<object data=\"data:text/html,x\"></object>", "the tag object is not allowed")]
    [InlineData("<embed src=x>", "the tag embed is not allowed")]
    [InlineData("<form action=x><button>go</button></form>", "the tag form is not allowed")]
    [InlineData("<input autofocus onfocus=alert(1)>", "the tag input is not allowed")]
    [InlineData("<details open ontoggle=alert(1)>x</details>", "the tag details is not allowed")]
    [InlineData("<video><source onerror=alert(1)></video>", "the tag video is not allowed")]
    [InlineData("<marquee onstart=alert(1)>x</marquee>", "the tag marquee is not allowed")]
    [InlineData("<style>*{x:expression(alert(1))}</style>", "the tag style is not allowed")]
    [InlineData("<link rel=stylesheet href=//evil.example>", "the tag link is not allowed")]
    [InlineData("<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">", "the tag meta is not allowed")]
    [InlineData("<base href=\"https://evil.example/\">", "the tag base is not allowed")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>", "the tag noscript is not allowed")]
    [InlineData("<template><b>x</b></template>", "the tag template is not allowed")]
    [InlineData("<textarea></textarea>", "the tag textarea is not allowed")]
    [InlineData("<x onclick=alert(1)>x</x>", "the tag x is not allowed")]
    [InlineData("<p onclick=\"alert(1)\">x</p>", "the attribute onclick of p is not allowed")]
    [InlineData("<p/onmouseover=alert(1)>x</p>", "the attribute onmouseover of p is not allowed")]
    [InlineData("<b style=\"background:url(javascript:alert(1))\">x</b>", "the attribute style of b is not allowed")]
    [InlineData("<span class=\"modal\">x</span>", "the attribute class of span is not allowed")]
    [InlineData("<h1 id=\"root\">x</h1>", "the attribute id of h1 is not allowed")]
    [InlineData("<a href=\"https://example.org\" target=\"_top\">x</a>", "the attribute target of a is not allowed")]
    [InlineData("<a xlink:href=\"javascript:alert(1)\">x</a>", "the attribute xlink:href of a is not allowed")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>", NoLink)]
    [InlineData("<a href=\"JaVaScRiPt:alert(1)\">x</a>", NoLink)]
    [InlineData("<a href=\" javascript:alert(1)\">x</a>", NoLink)]
    [InlineData("<a href=\"java&#9;script:alert(1)\">x</a>", NoLink)]
    [InlineData("<a href=\"&#1;javascript:alert(1)\">x</a>", NoLink)]
    [InlineData("<a href=\"&#x6A;avascript&colon;alert(1)\">x</a>", NoLink)]
    [InlineData("<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>", NoLink)]
    [InlineData("<a href=\"vbscript:msgbox(1)\">x</a>", NoLink)]
    [InlineData("<a href=\"//evil.example\">x</a>", NoLink)]
    [InlineData("<a href=\"/relative\">x</a>", NoLink)]
    [InlineData("<a href=\"http://\">x</a>", NoLink)]
    [InlineData("<a href=\"https://a b\">x</a>", NoLink)]
    [InlineData("<a href=\"https://example.org/&#10;\">x</a>", NoLink)]
    [InlineData("<!-- hidden -->", "comments are not allowed")]
    [InlineData("<![CDATA[<script>alert(1)</script>]]>", "comments are not allowed")]
    [InlineData("<?php echo 1 ?>", "comments are not allowed")]
    public void Check_WhatIsNotAllowed_IsNamed(string html, string fault) => Assert.Equal($"content: {fault}", FaultOf(html));

    [Theory]
    [InlineData("<body onload=alert(1)>")]
    [InlineData("<html onclick=alert(1)>x</html>")]
    [InlineData("<frameset onload=alert(1)></frameset>")]
    [InlineData("<!DOCTYPE html>")]
    [InlineData("<tr><td>x</td></tr>")]
    [InlineData("<b>not closed")]
    [InlineData("<b><i>crossed</b></i>")]
    [InlineData("closed</p></b>")]
    [InlineData("<a href=\"https://a.example\" href=\"javascript:alert(1)\">x</a>")]
    [InlineData("<a href=\"https://a.example\"><p><a href=\"https://b.example\">x</a></p></a>")]
    [InlineData("<a href=\"https://a.example\"")]
    [InlineData("<p/>x")]
    public void Check_WhatTheParserWouldDropOrCorrect_IsRefused(string html) =>
        Assert.StartsWith("content: is not well-formed HTML", FaultOf(html), StringComparison.Ordinal);

    [Fact]
    public void Check_ControlCharacters_AreRefused() => Assert.Equal("content: must not contain control characters", FaultOf("a\0b"));

    [Theory]
    [InlineData("<span>", "tags must not lie more than 50 deep in each other")]
    [InlineData("<b>", "tags must not lie more than 50 deep in each other")]
    [InlineData("<script>", "the tag script is not allowed")]
    [InlineData("&", "must have at most 10000 characters when it is written in full")]
    public void Check_MuchOfOneThing_IsRefused(string piece, string fault) =>
        Assert.Equal($"content: {fault}", FaultOf(string.Concat(Enumerable.Repeat(piece, 10_000 / piece.Length))));

    private static string Check(string html)
    {
        var checks = new FieldChecks();
        var stored = BannerHtml.Check(checks, html, "content");
        checks.ThrowIfInvalid();
        return stored;
    }

    private static string FaultOf(string html) => Assert.Throws<RpcException>(() => Check(html)).Status.Detail;
}
