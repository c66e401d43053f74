using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using ShTP.Auth.Keys;

namespace ShTP.Auth.OpenId;

/// <summary>Encrypts the data protection keys of cookies and forms in the database.</summary>
internal sealed class FormKeys(KeyEncryption encryption) : IXmlEncryptor
{
    internal const string Id = "data protection";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var bytes = encryption.Encrypt(Id, Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new EncryptedXmlInfo(new XElement("encrypted", Convert.ToBase64String(bytes)), typeof(FormKeyReading));
    }
}

/// <summary>Decrypts them. Created by its type name, which is stored with the key.</summary>
internal sealed class FormKeyReading(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(
        Encoding.UTF8.GetString(services.GetRequiredService<KeyEncryption>().Decrypt(FormKeys.Id, Convert.FromBase64String(encryptedElement.Value))));
}
