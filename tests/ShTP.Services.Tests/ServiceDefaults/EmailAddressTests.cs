using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ada@example.org", "ada@example.org")]
    [InlineData("Ada.X@EXAMPLE.org", "ada.x@example.org")]
    [InlineData(" \tada@example.org\n", "ada@example.org")]
    [InlineData("ada@пример.рф", "ada@xn--e1afmkfd.xn--p1ai")]
    [InlineData("ada@ПРИМЕР.рф", "ada@xn--e1afmkfd.xn--p1ai")]
    [InlineData("ada@XN--E1AFMKFD.xn--p1ai", "ada@xn--e1afmkfd.xn--p1ai")]
    [InlineData("a+b@example.org", "a+b@example.org")]
    public void TryNormalize_SpellingsOfOneAddress_AreOne(string value, string expected)
    {
        Assert.True(EmailAddress.TryNormalize(value, out var email));
        Assert.Equal(expected, email);
        Assert.True(EmailAddress.TryNormalize(email, out var again));
        Assert.Equal(expected, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("a@b")]
    [InlineData("@example.org")]
    [InlineData("a b@example.org")]
    [InlineData("a\0b@example.org")]
    [InlineData("\"a b\"@example.org")]
    [InlineData("a@b@example.org")]
    [InlineData("a@exa\u200Bmple.org")]
    [InlineData("a@example..org")]
    public void TryNormalize_NoAddress_IsFalse(string value) => Assert.False(EmailAddress.TryNormalize(value, out _));

    [Fact]
    public void Spellings_MixedCaseAndUnicodeDomain_BeginWithWhatWasTyped() => Assert.Equal(
        ["Ada@xn--e1afmkfd.xn--p1ai", "Ada@пример.рф", "ada@xn--e1afmkfd.xn--p1ai", "ada@пример.рф"], EmailAddress.Spellings(" Ada@ПРИМЕР.рф"));

    [Theory]
    [InlineData("a\u200Bda@example.org", "email: must not contain invisible characters or ones that change the direction of text (U+200B)")]
    [InlineData("\u202Eada@example.org", "email: must not contain invisible characters or ones that change the direction of text (U+202E)")]
    [InlineData("   ", "email: field required")]
    public void Email_WhatNobodySees_IsRefusedByName(string value, string fault)
    {
        var checks = new FieldChecks();
        checks.Email(value, "email");
        Assert.Equal(fault, checks.Faults);
    }
}
