/** Events and journals of MMS: ISO 9506-2 §16 and §17. */
export const EVENTS: Readonly<Record<string, string>> = {
  'DefineEventCondition-Request': `SEQ {
    eventConditionName [0!] ObjectName,
    class [1] EC-Class,
    priority@mms.prio_rity? [2] INT,
    severity? [3] INT,
    alarmSummaryReports? [4] BOOL,
    monitoredVariable? [6!] VariableSpecification,
    evaluationInterval? [7] INT
  }`,
  'DeleteEventCondition-Request': `CHOICE {
    specific [0] SEQOF ObjectName, aa-specific [1] NULL, domain [2] Identifier, vmd [3] NULL
  }`,
  'GetEventConditionAttributes-Response': `SEQ {
    mmsDeletable? [0] BOOL,
    class [1] EC-Class,
    priority@mms.prio_rity? [2] INT,
    severity? [3] INT,
    alarmSummaryReports? [4] BOOL,
    monitoredVariable? [6!] CHOICE { variableReference [0!] VariableSpecification, undefined [1] NULL },
    evaluationInterval? [7] INT
  }`,
  'ReportEventConditionStatus-Response': `SEQ {
    currentState [0] EC-State,
    numberOfEventEnrollments [1] INT,
    enabled? [2] BOOL,
    timeOfLastTransitionToActive? [3!] EventTime,
    timeOfLastTransitionToIdle? [4!] EventTime
  }`,
  'AlterEventConditionMonitoring-Request': `SEQ {
    eventConditionName [0!] ObjectName,
    enabled? [1] BOOL,
    priority? [2] INT,
    alarmSummaryReports? [3] BOOL,
    evaluationInterval? [4] INT
  }`,
  'TriggerEvent-Request': 'SEQ { eventConditionName [0!] ObjectName, priority? [1] INT }',
  'DefineEventAction-Request': `SEQ {
    eventActionName [0!] ObjectName,
    listOfModifier? [1] SEQOF Modifier,
    confirmedServiceRequest? [2!] ConfirmedServiceRequest
  }`,
  'DeleteEventAction-Request': `CHOICE {
    specific [0] SEQOF ObjectName, aa-specific [1] NULL, domain [3] Identifier, vmd [4] NULL
  }`,
  'GetEventActionAttributes-Response': `SEQ {
    mmsDeletable? [0] BOOL,
    listOfModifier [1] SEQOF Modifier,
    confirmedServiceRequest? [2!] ConfirmedServiceRequest
  }`,
  'DefineEventEnrollment-Request': `SEQ {
    eventEnrollmentName [0!] ObjectName,
    eventConditionName [1!] ObjectName,
    eventConditionTransition [2] Transitions,
    alarmAcknowledgementRule [3] AlarmAckRule,
    eventActionName? [4!] ObjectName,
    clientApplication? [5!] ApplicationReference
  }`,
  'DeleteEventEnrollment-Request': 'CHOICE { specific [0] SEQOF ObjectName, ec [1!] ObjectName, ea [2!] ObjectName }',
  'GetEventEnrollmentAttributes-Request': `SEQ {
    scopeOfRequest? [0] INT { specific client ec ea },
    eventEnrollmentNames? [1] SEQOF ObjectName,
    clientApplication? [2!] ApplicationReference,
    eventConditionName? [3!] ObjectName,
    eventActionName? [4!] ObjectName,
    continueAfter@mms.getEventEnrollmentAttributes-Request_continueAfter? [5!] ObjectName
  }`,
  'GetEventEnrollmentAttributes-Response':
    'SEQ { listOfEventEnrollment [0] SEQOF EventEnrollment, moreFollows? [1] BOOL }',
  EventEnrollment: `SEQ {
    eventEnrollmentName [0!] ObjectName,
    eventConditionName [1!] CHOICE { eventCondition [0!] ObjectName, undefined [1] NULL },
    eventActionName? [2!] CHOICE { eventAction [0!] ObjectName, undefined [1] NULL },
    clientApplication? [3!] ApplicationReference,
    mmsDeletable? [4] BOOL,
    enrollmentClass [5] INT { modifier notification },
    duration? [6] EE-Duration,
    invokeID [7] INT,
    remainingAcceptableDelay? [8] INT
  }`,
  'ReportEventEnrollmentStatus-Response': `SEQ {
    eventConditionTransitions [0] Transitions,
    notificationLost? [1] BOOL,
    duration [2] EE-Duration,
    alarmAcknowledgmentRule? [3] AlarmAckRule,
    currentState [4] EE-State
  }`,
  'AlterEventEnrollment-Request': `SEQ {
    eventEnrollmentName [0!] ObjectName,
    eventConditionTransitions? [1] Transitions,
    alarmAcknowledgmentRule? [2] AlarmAckRule
  }`,
  'AlterEventEnrollment-Response': `SEQ {
    currentState [0!] CHOICE {
      state@mms.alterEventEnrollment-Response_currentState_state [0] EE-State, undefined [1] NULL },
    transitionTime [1!] EventTime
  }`,
  'AcknowledgeEventNotification-Request': `SEQ {
    eventEnrollmentName [0!] ObjectName,
    acknowledgedState [2] EC-State,
    timeOfAcknowledgedTransition [3!] EventTime
  }`,
  'GetAlarmSummary-Request': `SEQ {
    enrollmentsOnly? [0] BOOL,
    activeAlarmsOnly? [1] BOOL,
    acknowledgmentFilter? [2] AcknowledgmentFilter,
    severityFilter? [3] SeverityFilter,
    continueAfter? [5!] ObjectName
  }`,
  'GetAlarmSummary-Response': 'SEQ { listOfAlarmSummary [0] SEQOF AlarmSummary, moreFollows? [1] BOOL }',
  AlarmSummary: `SEQ {
    eventConditionName [0!] ObjectName,
    severity [1] INT,
    currentState [2] EC-State,
    unacknowledgedState [3] INT { none active idle both },
    timeOfLastTransitionToActive? [5!] EventTime,
    timeOfLastTransitionToIdle? [6!] EventTime
  }`,
  'GetAlarmEnrollmentSummary-Request': `SEQ {
    enrollmentsOnly? [0] BOOL,
    activeAlarmsOnly? [1] BOOL,
    acknowledgmentFilter? [2] AcknowledgmentFilter,
    severityFilter? [3] SeverityFilter,
    continueAfter@mms.getAlarmEnrollmentSummary-Request_continueAfter? [5!] ObjectName
  }`,
  'GetAlarmEnrollmentSummary-Response': `SEQ {
    listOfAlarmEnrollmentSummary [0] SEQOF AlarmEnrollmentSummary, moreFollows? [1] BOOL
  }`,
  AlarmEnrollmentSummary: `SEQ {
    eventEnrollmentName [0!] ObjectName,
    clientApplication? [2!] ApplicationReference,
    severity [3] INT,
    currentState [4] EC-State,
    notificationLost? [6] BOOL,
    alarmAcknowledgmentRule? [7] AlarmAckRule,
    enrollmentState@mms.enrollementState? [8] EE-State,
    timeOfLastTransitionToActive? [9!] EventTime,
    timeActiveAcknowledged? [10!] EventTime,
    timeOfLastTransitionToIdle? [11!] EventTime,
    timeIdleAcknowledged? [12!] EventTime
  }`,
  EventNotification: `SEQ {
    eventEnrollmentName [0!] ObjectName,
    eventConditionName [1!] CHOICE { eventCondition [0!] ObjectName, undefined [1] NULL },
    severity [2] INT,
    currentState? [3] EC-State,
    transitionTime [4!] EventTime,
    notificationLost? [6] BOOL,
    alarmAcknowledgmentRule? [7] AlarmAckRule,
    actionResult? [8] SEQ {
      eventActionName@mms.eventActioName ObjectName,
      eventActionResult CHOICE {
        success@mms.success [0!] ConfirmedServiceResponse, failure@mms.failure_element [1] ServiceError }
    }
  }`,
  AttachToEventCondition: `SEQ {
    eventEnrollmentName [0!] ObjectName,
    eventConditionName [1!] ObjectName,
    causingTransitions [2] Transitions,
    acceptableDelay? [3] INT
  }`,
  EventTime: 'CHOICE { timeOfDayT [0] TimeOfDay, timeSequenceIdentifier [1] INT }',
  'EC-Class': 'INT { network-triggered monitored }',
  'EC-State': 'INT { disabled idle active }',
  'EE-State': 'INT { disabled idle active activeNoAckA idleNoAckI idleNoAckA idleAcked activeAcked }',
  'EE-Duration': 'INT { current permanent }',
  AlarmAckRule: 'INT { none simple ack-active ack-all }',
  AcknowledgmentFilter: 'INT { not-acked acked all }',
  SeverityFilter: 'SEQ { mostSevere [0] INT, leastSevere [1] INT }',
  Transitions: `BITS { idle-to-disabled active-to-disabled disabled-to-idle active-to-idle disabled-to-active idle-to-active
    any-to-deleted }`,

  'ReadJournal-Request': `SEQ {
    journalName [0!] ObjectName,
    rangeStartSpecification? [1!] CHOICE { startingTime [0] TimeOfDay, startingEntry [1] OCTETS },
    rangeStopSpecification? [2!] CHOICE { endingTime [0] TimeOfDay, numberOfEntries [1] INT },
    listOfVariables? [4] SEQOF VISIBLE,
    entryToStartAfter? [5] SEQ { timeSpecification [0] TimeOfDay, entrySpecification [1] OCTETS }
  }`,
  'ReadJournal-Response': 'SEQ { listOfJournalEntry [0] SEQOF JournalEntry, moreFollows? [1] BOOL }',
  JournalEntry: `SEQ {
    entryIdentifier [0] OCTETS,
    originatingApplication [1!] ApplicationReference,
    entryContent [2] EntryContent
  }`,
  'WriteJournal-Request': 'SEQ { journalName [0!] ObjectName, listOfJournalEntry [1] SEQOF EntryContent }',
  'InitializeJournal-Request': `SEQ {
    journalName [0!] ObjectName,
    limitSpecification? [1] SEQ { limitingTime [0] TimeOfDay, limitingEntry? [1] OCTETS }
  }`,
  'ReportJournalStatus-Response': 'SEQ { currentEntries [0] INT, mmsDeletable [1] BOOL }',
  'CreateJournal-Request': 'SEQ { journalName [0!] ObjectName }',
  EntryContent: `SEQ {
    occurrenceTime@mms.occurenceTime [0] TimeOfDay,
    additionalDetail? [1!] NULL,
    entryForm CHOICE {
      data [2] SEQ {
        event? [0] SEQ { eventConditionName [0!] ObjectName, currentState [1] EC-State },
        listOfVariables? [1] SEQOF SEQ { variableTag [0] VISIBLE, valueSpecification [1!] Data }
      },
      annotation [3] VISIBLE
    }
  }`,
};
