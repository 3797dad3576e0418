export type TimeLineWhat = 'scanned' | 'vaulted' | 'told' | 'printed' | 'sent' | 'answered' | 'in_cloud';
