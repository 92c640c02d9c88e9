import { defineModule } from './schema.ts';

/** X.520 strings and attribute values, as far as directory names and addresses in messages use them. */
export const X509SAT = defineModule({
  proto: 'x509sat',
  types: {
    DirectoryString: `CHOICE {
      teletexString TELETEX, printableString PRINTABLE, universalString UNIVERSAL, bmpString BMP, uTF8String UTF8 }`,
    CountryName: 'PRINTABLE',
    PrintableString: 'PRINTABLE',
    NumericString: 'NUMERIC',
    IA5String: 'IA5',
    TelephoneNumber: 'PRINTABLE',
    X121Address: 'NUMERIC',
    DestinationIndicator: 'PRINTABLE',
    PresentationAddress: `SEQ {
      pSelector? [0!] OCTETS, sSelector? [1!] OCTETS, tSelector? [2!] OCTETS, nAddresses [3!] SETOF OCTETS }`,
  },
});

/** X.501: names and attributes. */
export const X509IF = defineModule({
  proto: 'x509if',
  imports: [X509SAT],
  types: {
    Name: 'CHOICE { rdnSequence RDNSequence }',
    DistinguishedName: 'RDNSequence',
    RDNSequence: 'SEQOF@x509if.RDNSequence_item RelativeDistinguishedName',
    RelativeDistinguishedName: 'SETOF@x509if.RelativeDistinguishedName_item_element AttributeTypeAndDistinguishedValue',
    AttributeTypeAndDistinguishedValue: `SEQ {
      type@x509if.oid OID,
      value OPEN(attributes; type),
      primaryDistinguished? BOOL,
      valuesWithContext? SETOF SEQ { distingAttrValue? [0] ANY, contextList SETOF Context }
    }`,
    Context: 'SEQ { contextType@x509if.oid OID, contextValues SETOF ANY, fallback? BOOL }',
    Attribute: 'SEQ { type OID, values? SETOF OPEN(attributes; type), valuesWithContext? SETOF ANY }',
    AttributeType: 'OID',
  },
  tables: {
    attributes: {
      '2.5.4.3': 'x509sat.DirectoryString',
      '2.5.4.4': 'x509sat.DirectoryString',
      '2.5.4.5': 'x509sat.PrintableString',
      '2.5.4.6': 'x509sat.CountryName',
      '2.5.4.7': 'x509sat.DirectoryString',
      '2.5.4.8': 'x509sat.DirectoryString',
      '2.5.4.9': 'x509sat.DirectoryString',
      '2.5.4.10': 'x509sat.DirectoryString',
      '2.5.4.11': 'x509sat.DirectoryString',
      '2.5.4.12': 'x509sat.DirectoryString',
      '2.5.4.13': 'x509sat.DirectoryString',
      '2.5.4.15': 'x509sat.DirectoryString',
      '2.5.4.17': 'x509sat.DirectoryString',
      '2.5.4.20': 'x509sat.TelephoneNumber',
      '2.5.4.24': 'x509sat.X121Address',
      '2.5.4.27': 'x509sat.DestinationIndicator',
      '2.5.4.29': 'x509sat.PresentationAddress',
      '2.5.4.41': 'x509sat.DirectoryString',
      '2.5.4.42': 'x509sat.DirectoryString',
      '2.5.4.43': 'x509sat.DirectoryString',
      '2.5.4.44': 'x509sat.DirectoryString',
      '2.5.4.46': 'x509sat.PrintableString',
      '0.9.2342.19200300.100.1.25': 'x509sat.IA5String',
    },
  },
});

/** X.509: algorithm identifiers, signatures and certificates. Extension values stay octets. */
export const X509AF = defineModule({
  proto: 'x509af',
  imports: [X509IF, X509SAT],
  types: {
    AlgorithmIdentifier: 'SEQ { algorithmId@x509af.algorithm.id OID, parameters? ANY }',
    Certificates: 'SEQ { userCertificate Certificate, certificationPath? ForwardCertificationPath }',
    ForwardCertificationPath: 'SEQOF CrossCertificates',
    CrossCertificates: 'SETOF Certificate',
    Certificate: `SEQ {
      signedCertificate SEQ {
        version? [0!] INT { v1 v2 v3 },
        serialNumber OCTETINT,
        signature AlgorithmIdentifier,
        issuer x509if.Name,
        validity Validity,
        subject CHOICE { rdnSequence x509if.RDNSequence },
        subjectPublicKeyInfo SEQ { algorithm AlgorithmIdentifier, subjectPublicKey BITS },
        issuerUniqueIdentifier? [1] BITS,
        subjectUniqueIdentifier? [2] BITS,
        extensions? [3!] SEQOF Extension
      },
      algorithmIdentifier AlgorithmIdentifier,
      encrypted BITS
    }`,
    Validity: 'SEQ { notBefore Time, notAfter Time }',
    Time: 'CHOICE { utcTime CENTURYTIME, generalizedTime GENTIME }',
    Extension: 'SEQ { extnId@x509af.extension.id OID, critical? BOOL, extnValue OCTETS }',
  },
});

/** X.509 clause 8.6: what selects a certificate. */
export const X509CE = defineModule({
  proto: 'x509ce',
  imports: [X509IF, X509AF],
  types: {
    CertificateAssertion: `SEQ {
      serialNumber? [0] OCTETINT,
      issuer@x509ce.issuer? [1] x509if.Name,
      subjectKeyIdentifier? [2] OCTETS,
      authorityKeyIdentifier? [3] AuthorityKeyIdentifier,
      certificateValid? [4] x509af.Time,
      privateKeyValid? [5] GENTIME,
      subjectPublicKeyAlgID? [6] OID,
      keyUsage? [7] KeyUsage,
      subjectAltName? [8] ANY,
      policy? [9] SEQOF CertPolicyId,
      pathToName? [10] x509if.Name,
      subject? [11] x509if.Name,
      nameConstraints? [12] ANY
    }`,
    AuthorityKeyIdentifier: `SEQ {
      keyIdentifier? [0] OCTETS, authorityCertIssuer? [1] SEQOF ANY, authorityCertSerialNumber? [2] OCTETINT }`,
    CertPolicyId: 'OID',
    KeyUsage: `BITS { digitalSignature contentCommitment keyEncipherment dataEncipherment keyAgreement keyCertSign cRLSign
      encipherOnly decipherOnly }`,
  },
});
