/** The VMD, domains, program invocations, semaphores, operator stations and files of MMS: ISO 9506-2 §8 to §11, §13, §15, annex C. */
export const OBJECTS: Readonly<Record<string, string>> = {
  'Status-Response': `SEQ {
    vmdLogicalStatus [0] INT { state-changes-allowed no-state-changes-allowed limited-services-allowed support-services-allowed },
    vmdPhysicalStatus [1] INT { operational partially-operational inoperable needs-commissioning },
    localDetail? [2] BITS
  }`,
  ObjectClass: `INT { namedVariable scatteredAccess namedVariableList namedType semaphore eventCondition eventAction eventEnrollment
    journal domain programInvocation operatorStation }`,
  'GetNameList-Request': `SEQ {
    extendedObjectClass [0!] CHOICE { objectClass [0] ObjectClass },
    objectScope [1!] CHOICE { vmdSpecific [0] NULL, domainSpecific [1] Identifier, aaSpecific [2] NULL },
    continueAfter@mms.getNameList-Request_continueAfter? [2] Identifier
  }`,
  'GetNameList-Response': 'SEQ { listOfIdentifier [0] SEQOF Identifier, moreFollows? [1] BOOL }',
  'Identify-Response': `SEQ {
    vendorName [0] VISIBLE,
    modelName [1] VISIBLE,
    revision [2] VISIBLE,
    listOfAbstractSyntaxes? [3] SEQOF OID
  }`,
  'Rename-Request': `SEQ {
    extendedObjectClass [0!] CHOICE { objectClass [0] ObjectClass },
    currentName [1!] ObjectName,
    newIdentifier [2] Identifier
  }`,
  'GetCapabilityList-Request': 'SEQ { continueAfter@mms.getCapabilityList-Request_continueAfter? VISIBLE }',
  'GetCapabilityList-Response': 'SEQ { listOfCapabilities [0] SEQOF VISIBLE, moreFollows? [1] BOOL }',

  'InitiateDownloadSequence-Request': `SEQ {
    domainName [0] Identifier,
    listOfCapabilities [1] SEQOF VISIBLE,
    sharable [2] BOOL
  }`,
  'LoadData-Response': 'SEQ { loadData CHOICE { non-coded [0] OCTETS, coded ANY }, moreFollows? [1] BOOL }',
  'TerminateDownloadSequence-Request': 'SEQ { domainName [0] Identifier, discard? [1] ServiceError }',
  'InitiateUploadSequence-Response': 'SEQ { ulsmID [0] INT, listOfCapabilities [1] SEQOF VISIBLE }',
  'RequestDomainDownload-Request': `SEQ {
    domainName [0] Identifier,
    listOfCapabilities? [1] SEQOF VISIBLE,
    sharable [2] BOOL,
    fileName [4] FileName
  }`,
  'RequestDomainUpload-Request': 'SEQ { domainName [0] Identifier, fileName [1] FileName }',
  'LoadDomainContent-Request': `SEQ {
    domainName [0] Identifier,
    listOfCapabilities? [1] SEQOF VISIBLE,
    sharable [2] BOOL,
    fileName [4] FileName,
    thirdParty? [5] ApplicationReference
  }`,
  'StoreDomainContent-Request': `SEQ {
    domainName [0] Identifier,
    fileName@mms.filenName [1] FileName,
    thirdParty? [2] ApplicationReference
  }`,
  'GetDomainAttributes-Response': `SEQ {
    listOfCapabilities [0] SEQOF VISIBLE,
    state@mms.getDomainAttributes-Response_state [1] INT { non-existent loading ready in-use complete incomplete d1=7 d2 d3 d4 d5 d6 d7
      d8 d9 },
    mmsDeletable [2] BOOL,
    sharable [3] BOOL,
    listOfProgramInvocations [4] SEQOF Identifier,
    uploadInProgress [5] INT
  }`,

  'CreateProgramInvocation-Request': `SEQ {
    programInvocationName [0] Identifier,
    listOfDomainName [1] SEQOF Identifier,
    reusable? [2] BOOL,
    monitorType? [3] BOOL
  }`,
  'Start-Request': `SEQ {
    programInvocationName [0] Identifier,
    executionArgument? CHOICE { simpleString [1] VISIBLE, encodedString ANY }
  }`,
  'Stop-Request': 'SEQ { programInvocationName [0] Identifier }',
  'GetProgramInvocationAttributes-Response': `SEQ {
    state@mms.getProgramInvocationAttributes-Response_state [0] ProgramInvocationState,
    listOfDomainNames [1] SEQOF Identifier,
    mmsDeletable [2] BOOL,
    reusable [3] BOOL,
    monitor [4] BOOL,
    startArgument [5] VISIBLE,
    executionArgument? CHOICE { simpleString [1] VISIBLE, encodedString ANY }
  }`,
  ProgramInvocationState: 'INT { non-existent unrunnable idle running stopped starting stopping resuming resetting }',

  'TakeControl-Request': `SEQ {
    semaphoreName [0!] ObjectName,
    namedToken? [1] Identifier,
    priority? [2] INT,
    acceptableDelay? [3] INT,
    controlTimeOut? [4] INT,
    abortOnTimeOut? [5] BOOL,
    relinquishIfConnectionLost? [6] BOOL,
    applicationToPreempt? [7] ApplicationReference
  }`,
  'TakeControl-Response': 'CHOICE { noResult [0] NULL, namedToken [1] Identifier }',
  'RelinquishControl-Request': 'SEQ { semaphoreName [0!] ObjectName, namedToken? [1] Identifier }',
  'DefineSemaphore-Request': 'SEQ { semaphoreName [0!] ObjectName, numberOfTokens@mms.numbersOfTokens [1] INT }',
  'ReportSemaphoreStatus-Response': `SEQ {
    mmsDeletable [0] BOOL,
    class [1] INT { token pool },
    numberOfTokens [2] INT,
    numberOfOwnedTokens [3] INT,
    numberOfHungTokens [4] INT
  }`,
  'ReportPoolSemaphoreStatus-Request': 'SEQ { semaphoreName [0!] ObjectName, nameToStartAfter? [1] Identifier }',
  'ReportPoolSemaphoreStatus-Response': `SEQ {
    listOfNamedTokens [0] SEQOF CHOICE {
      freeNamedToken [0] Identifier, ownedNamedToken [1] Identifier, hungNamedToken [2] Identifier },
    moreFollows? [1] BOOL
  }`,
  'ReportSemaphoreEntryStatus-Request': `SEQ {
    semaphoreName [0!] ObjectName,
    state@mms.reportSemaphoreEntryStatus-Request_state [1] INT { queued owner hung },
    entryIdToStartAfter? [2] OCTETS
  }`,
  'ReportSemaphoreEntryStatus-Response': 'SEQ { listOfSemaphoreEntry [0] SEQOF SemaphoreEntry, moreFollows? [1] BOOL }',
  SemaphoreEntry: `SEQ {
    entryId [0] OCTETS,
    entryClass [1] INT { simple modifier },
    applicationReference [2!] ApplicationReference,
    namedToken? [3] Identifier,
    priority? [4] INT,
    remainingTimeOut? [5] INT,
    abortOnTimeOut? [6] BOOL,
    relinquishIfConnectionLost? [7] BOOL
  }`,
  AttachToSemaphore: `SEQ {
    semaphoreName [0!] ObjectName,
    namedToken? [1] Identifier,
    priority? [2] INT,
    acceptableDelay? [3] INT,
    controlTimeOut? [4] INT,
    abortOnTimeOut? [5] BOOL,
    relinquishIfConnectionLost? [6] BOOL
  }`,
  'Input-Request': `SEQ {
    operatorStationName [0] Identifier,
    echo? [1] BOOL,
    listOfPromptData? [2] SEQOF VISIBLE,
    inputTimeOut? [3] INT
  }`,
  'Output-Request': 'SEQ { operatorStationName [0] Identifier, listOfOutputData [1] SEQOF VISIBLE }',

  'ObtainFile-Request': `SEQ {
    sourceFileServer? [0] ApplicationReference,
    sourceFile [1] FileName,
    destinationFile [2] FileName
  }`,
  FileError: 'INT { source-file destination-file }',
  'FileOpen-Request': 'SEQ { fileName [0] FileName, initialPosition [1] INT }',
  'FileOpen-Response': 'SEQ { frsmID [0] INT, fileAttributes [1] FileAttributes }',
  'FileRead-Response': 'SEQ { fileData [0] OCTETS, moreFollows? [1] BOOL }',
  'FileRename-Request': 'SEQ { currentFileName [0] FileName, newFileName [1] FileName }',
  'FileDirectory-Request': `SEQ {
    fileSpecification? [0] FileName,
    continueAfter@mms.fileDirectory-Request_continueAfter? [1] FileName
  }`,
  'FileDirectory-Response': 'SEQ { listOfDirectoryEntry [0?] SEQOF DirectoryEntry, moreFollows? [1] BOOL }',
  DirectoryEntry: 'SEQ { filename [0] FileName, fileAttributes [1] FileAttributes }',
  FileAttributes: 'SEQ { sizeOfFile [0] INT, lastModified? [1] GENTIME }',
};
